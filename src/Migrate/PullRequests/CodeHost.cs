using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.PullRequests;

/// <summary>A code host, and the workflow that looks at migrations there.</summary>
/// <param name="Name">Its name on the command line, and of the text that is embedded here.</param>
/// <param name="File">Where the workflow goes, from the root of the repository.</param>
/// <param name="Include">What .gitlab-ci.yml or the like has to say for the workflow to run; null where the file is enough.</param>
internal sealed partial record CodeHost(string Name, string File, string? Include)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<CodeHost> All { get; } =
    [
        new("github", ".github/workflows/migrations.yml", null),
        new("gitlab", ".gitlab/migrations.yml", "include:\n  - local: .gitlab/migrations.yml"),
    ];

    /// <summary>The text of the workflow.</summary>
    /// <param name="paths">What it looks at.</param>
    /// <param name="source">The Git URL of Lockkeeper's source; empty to be filled in.</param>
    /// <param name="reference">The commit to build; empty to be filled in.</param>
    public string Workflow(ReviewedPaths paths, string source, string reference)
    {
        using var stream = typeof(CodeHost).Assembly.GetManifestResourceStream($"Lockkeeper.Migrate.PullRequests.{Name}.yml")
            ?? throw new LockkeeperException(KernelErrors.Internal, $"the workflow for {Name} is not in this program");
        using var reader = new StreamReader(stream);
        return PathLine().Replace(reader.ReadToEnd(), line => string.Concat(paths.Patterns.Append(File).Select(path => $"{line.Groups["indent"]}- {Quoted(path)}\n")))
            .Replace("@SOURCE@", Quoted(source), StringComparison.Ordinal)
            .Replace("@REF@", Quoted(reference), StringComparison.Ordinal)
            .Replace("@FOLDER@", Quoted(paths.Folder), StringComparison.Ordinal);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex("^(?<indent> *)- @PATH@\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathLine();
}
