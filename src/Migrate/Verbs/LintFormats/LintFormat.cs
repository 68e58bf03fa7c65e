using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Migrate.Verbs.LintFormats;

/// <summary>The forms in which lint answers.</summary>
internal static class LintFormat
{
    public const string Text = "text";

    /// <summary>Their names on the command line.</summary>
    public static IReadOnlyList<string> Names { get; } = [Text, "sarif", "github", "gitlab", "markdown"];

    /// <summary>A report in one of them.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="format">The form's name.</param>
    /// <param name="folder">The folder that the report's files are shown from.</param>
    public static IReadOnlyList<Block> Of(LintReport report, string format, string folder) => format switch
    {
        "sarif" => [new Code(SarifLog.Of(report, RepositoryPaths.Of(folder)), "json")],
        "github" => [new Code(GitHubAnnotations.Of(report, RepositoryPaths.Of(folder)))],
        "gitlab" => [new Code(GitLabCodeQuality.Of(report, RepositoryPaths.Of(folder)), "json")],
        "markdown" => [new Code(MarkdownSummary.Of(report), "markdown")],
        _ => LintText.Of(report),
    };
}
