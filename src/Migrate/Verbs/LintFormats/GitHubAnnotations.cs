using System.Text;

namespace Lockkeeper.Migrate.Verbs.LintFormats;

/// <summary>A report as GitHub's workflow commands, which show each finding beside its line.</summary>
internal static class GitHubAnnotations
{
    public static string Of(LintReport report, RepositoryPaths paths)
    {
        var text = new StringBuilder();
        // GitHub shows ten errors, ten warnings and ten notices of a step: the worst come first.
        foreach (var finding in report.Findings.OrderBy(finding => Array.IndexOf(["error", "warning", "info"], finding.Severity)))
        {
            var command = finding.Severity == "info" ? "notice" : finding.Severity;
            var message = finding.Hint is { } hint ? $"{finding.Message}\n{hint}" : finding.Message;
            text.Append($"::{command} file={Property(paths.To(finding.File))},line={finding.Line},col={finding.Column},title={Property(finding.Rule)}::{Message(message)}\n");
        }

        foreach (var words in report.NotChecked)
            text.Append($"::notice title=not checked::{Message(words)}\n");
        return text.Append(LintText.Summary(report)).Append('\n').ToString();
    }

    // As @actions/core escapes: src/command.ts of actions/toolkit.
    private static string Message(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Message(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
