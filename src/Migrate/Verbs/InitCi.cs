using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.PullRequests;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk init ci</c>.</summary>
internal static class InitCi
{
    private static readonly Parameter GitHub = new("github", ParameterKind.Flag, "Write .github/workflows/migrations.yml");
    private static readonly Parameter GitLab = new("gitlab", ParameterKind.Flag, "Write .gitlab/migrations.yml, which .gitlab-ci.yml has to include");
    private static readonly Parameter Source = new("source", ParameterKind.Text, "The Git URL of Lockkeeper's source, which the workflow builds; without it there is a line to fill in") { ValueName = "URL" };
    private static readonly Parameter Reference = new("ref", ParameterKind.Text, "The commit of that source; without it there is a line to fill in") { ValueName = "COMMIT" };

    public static Verb Verb { get; } = new()
    {
        Path = "init ci",
        Summary = "write the workflow that looks at the migrations of a pull request",
        Details = "The workflow lints what the branch adds, tries it on a shadow database made of the migrations, shows the findings beside the lines, and keeps one comment with the summary up to date. "
            + "It asks no database of the project, may only read where it runs what the pull request holds, and does without the comment in forks. It never changes a file that exists.",
        Effect = VerbEffect.Local,
        Parameters = [GitHub, GitLab, Source, Reference],
        Examples =
        [
            new VerbExample("lk init ci --github", "writes the workflow for GitHub Actions"),
            new VerbExample("lk init ci --gitlab --source https://git.example.com/lockkeeper.git --ref 4f1c2d9", "writes the one for GitLab, which builds lk from a copy of your own"),
        ],
        ReportType = () => MigrateJson.Default.NewReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var hosts = CodeHost.All.Where(host => call.Flag(host.Name == "github" ? GitHub : GitLab)).ToList();
        if (hosts.Count == 0)
            throw new LockkeeperException(KernelErrors.WrongUse, "no code host is named", "Give --github or --gitlab.");
        var (source, reference) = (Word(call, Source), Word(call, Reference));
        var paths = ReviewedPaths.Of(call.Workspace.ProjectFolder, call.Workspace.Config);
        foreach (var taken in hosts.Where(host => Path.Exists(Path.Combine(paths.Root, host.File))))
            throw new LockkeeperException(KernelErrors.FileExists, $"{taken.File} exists already", "Nothing was changed: edit the file, or move it away first.");
        foreach (var host in hosts)
            await WriteAsync(Path.Combine(paths.Root, host.File), host.Workflow(paths, source, reference), cancel);
        return Report.Of(new NewReport([.. hosts.Select(host => host.File)]), () => MigrateJson.Default.NewReport, Words(hosts, source.Length > 0 && reference.Length > 0));
    }

    private static List<Block> Words(List<CodeHost> hosts, bool hasSource)
    {
        List<Block> words = [.. hosts.Select(host => new Line($"wrote {host.File}", Tone.Good))];
        if (!hasSource || hosts.Any(host => host.Include is not null))
            words.Add(new Heading("Next"));
        if (!hasSource)
            words.Add(new Line("Lockkeeper has no release yet: say in the file, as LK_SOURCE and LK_REF, which source it is built from, or run it on a runner that has lk."));
        foreach (var include in hosts.Select(host => host.Include).OfType<string>())
        {
            words.Add(new Line("Include it in .gitlab-ci.yml:"));
            words.Add(new Code(include, "yaml"));
        }

        return words;
    }

    private static async Task WriteAsync(string path, string text, CancellationToken cancel)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await using var writer = new StreamWriter(stream);
            await writer.WriteAsync(text.AsMemory(), cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(KernelErrors.FileNotWritten, $"the file {path} cannot be written: {e.Message}", "Choose a place that this user may write to.", inner: e);
        }
    }

    /// <summary>A word that means nothing to YAML, to the shell or to a code host's expressions.</summary>
    private static string Word(VerbCall call, Parameter parameter)
    {
        var text = call.Text(parameter) ?? "";
        return text.All(c => char.IsAsciiLetterOrDigit(c) || ":/.@_~+-".Contains(c, StringComparison.Ordinal)) && !text.StartsWith('-') ? text
            : throw new LockkeeperException(KernelErrors.WrongUse, $"'{text}' is not a valid value for --{parameter.Name}", "Give a Git URL or a commit, without spaces, quotes and passwords.");
    }
}
