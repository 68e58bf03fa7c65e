using System.Text;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Host.Reference;

/// <summary>The samples of a rule.</summary>
/// <param name="Before">What was applied before; null for nothing.</param>
/// <param name="Bad">What it finds something in.</param>
/// <param name="Good">What it finds nothing in.</param>
public sealed record RuleSample(string? Before, string Bad, string Good)
{
    /// <summary>Statements that the target's applications send, with their calls in comments; null where they do not matter.</summary>
    public string? Queries { get; init; }

    /// <summary>How far the sequences of the target's columns are; null where they do not matter.</summary>
    public string? Sequences { get; init; }

    /// <summary>The files that are in place already, where not all earlier ones are; null where they do not matter.</summary>
    public string? InPlace { get; init; }
}

/// <summary>docs/reference/rules.md, made from the rules and their samples.</summary>
public static class RulesPage
{
    /// <summary>The page.</summary>
    /// <param name="rules">Every rule, in the order of the page.</param>
    /// <param name="sampleOf">The samples of a rule; null for one without.</param>
    public static string Of(IReadOnlyList<RuleInfo> rules, Func<RuleInfo, RuleSample?> sampleOf)
    {
        var page = new StringBuilder();
        page.Append("# Rules\n\n<!-- Generated from the code: LK_UPDATE_GOLDEN=1 ./test ReferencePages -->\n\n");
        page.Append("What `lk migrate lint` looks for. A policy extends `recommended` (what stops or breaks a running application, or loses data) or `strict` (also what makes trouble later); an optional rule holds when the policy names it. A comment `-- lk: allow RULE: REASON` before a statement allows it there.\n");
        foreach (var set in Enum.GetValues<RuleSet>())
        {
            page.Append($"\n## {set}\n\n| rule | severity | finds |\n|---|---|---|\n");
            foreach (var rule in rules.Where(rule => rule.Set == set))
                page.Append($"| [{rule.Id}](#{rule.Id}) | {rule.Severity.ToString().ToLowerInvariant()} | {Markdown.Cell(rule.Title)} |\n");
        }

        page.Append("\n## Each rule\n");
        foreach (var rule in rules)
            Add(page, rule, sampleOf(rule));
        return page.ToString();
    }

    private static void Add(StringBuilder page, RuleInfo rule, RuleSample? sample)
    {
        page.Append($"\n### {rule.Id}\n\n{char.ToUpperInvariant(rule.Title[0])}{Prose(rule.Title[1..])}: {rule.Severity.ToString().ToLowerInvariant()}, {rule.Set.ToString().ToLowerInvariant()}, since {rule.Since}.");
        if (rule.GrowsWithTable)
            page.Append(" On a table that the target says is small it is only good to know.");
        page.Append($"\n\n{Prose(rule.Why)}\n\n**Instead:** {Prose(rule.Fix)}\n");
        if (rule.Peers.Count > 0)
            page.Append($"\nElsewhere: {Prose(string.Join(", ", rule.Peers))}.\n");
        if (sample is null)
            return;
        if (sample.Before is { } before)
            page.Append($"\nAfter:\n\n```sql\n{before.Trim()}\n```\n");
        if (sample.Queries is { } queries)
            page.Append($"\nWhile the target gets these, so many times:\n\n```sql\n{queries.Trim()}\n```\n");
        if (sample.Sequences is { } sequences)
            page.Append($"\nWhile the target's sequences are there (column, last number, end):\n\n```\n{sequences.Trim()}\n```\n");
        if (sample.InPlace is { } inPlace)
            page.Append($"\nWhile this is in place:\n\n```\n{inPlace.Trim()}\n```\n");
        page.Append($"\nFound:\n\n```sql\n{sample.Bad.Trim()}\n```\n\nNot found:\n\n```sql\n{sample.Good.Trim()}\n```\n");
    }

    /// <summary>Rules are written as plain text; a bracket or star of SQL means nothing in Markdown.</summary>
    private static string Prose(string text) =>
        text.Replace("<", "&lt;", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
