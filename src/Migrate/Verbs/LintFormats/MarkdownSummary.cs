using System.Text;

namespace Lockkeeper.Migrate.Verbs.LintFormats;

/// <summary>A report as a comment of a pull request: what matters in tables, notes and what is allowed folded away.</summary>
internal static class MarkdownSummary
{
    /// <summary>GitHub refuses comments of more than 65,536 characters, GitLab of more than a million; the rest is for the closing lines.</summary>
    private const int MostCharacters = 60_000;

    private const string Special = "\\`*_{}[]<>#|~";

    public static string Of(LintReport report)
    {
        var text = new StringBuilder($"### Migrations: {LintText.Summary(report)}\n");
        var left = 0;
        foreach (var file in report.Findings.Where(finding => finding.Severity != "info").GroupBy(finding => finding.File))
            left += Table(text, file);
        left += Folded(text, "Notes", [.. report.Findings.Where(finding => finding.Severity == "info").Select(finding => $"- {Place(finding.File, finding.Line)}: {Words(finding.Message)} ({Words(finding.Rule)})\n")]);
        left += Folded(text, "Allowed by the files", [.. report.Suppressed.Select(one => $"- {Place(one.File, one.Line)}: {Words(one.Message)} ({Words(one.Rule)}), because: {Words(one.Reason)}\n")]);
        left += Folded(text, "Not checked", [.. report.NotChecked.Select(words => $"- {Words(words)}\n")]);
        if (left > 0)
            text.Append($"\n{left} more did not fit here: `lk migrate lint` shows them.\n");
        return text.ToString();
    }

    private static int Table(StringBuilder text, IGrouping<string, LintFinding> file)
    {
        var (rows, left) = (new StringBuilder(), 0);
        var head = $"\n**{Words(file.Key)}**\n\n| line | finding | what to do |\n|---|---|---|\n";
        foreach (var finding in file)
        {
            var row = $"| {finding.Line} | **{finding.Severity}** {Words(finding.Message)}<br>{Words(finding.Rule)} | {Words(finding.Hint ?? "")} |\n";
            if (text.Length + head.Length + rows.Length + row.Length > MostCharacters)
                left++;
            else
                rows.Append(row);
        }

        if (rows.Length > 0)
            text.Append(head).Append(rows);
        return left;
    }

    private static int Folded(StringBuilder text, string title, IReadOnlyList<string> items)
    {
        if (items.Count == 0)
            return 0;
        var (body, left) = (new StringBuilder(), 0);
        foreach (var item in items)
        {
            if (text.Length + body.Length + item.Length > MostCharacters)
                left++;
            else
                body.Append(item);
        }

        if (body.Length > 0)
            text.Append($"\n<details><summary>{title} ({items.Count})</summary>\n\n").Append(body).Append("\n</details>\n");
        return left;
    }

    private static string Place(string file, int line) => $"{Words(file)}:{line}";

    /// <summary>Text that means nothing in Markdown: a name may hold stars, bars or what looks like a person's handle.</summary>
    private static string Words(string text)
    {
        var words = new StringBuilder();
        foreach (var character in text.ReplaceLineEndings(" "))
        {
            if (character == '<')
                words.Append("&lt;");
            else if (character == '@')
                words.Append("&#64;");
            else
                words.Append(Special.Contains(character, StringComparison.Ordinal) ? $"\\{character}" : character.ToString());
        }

        return words.ToString();
    }
}
