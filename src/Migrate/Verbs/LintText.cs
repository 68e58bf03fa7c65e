using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Lint;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>What lint found, and its rules, for people.</summary>
internal static class LintText
{
    public static IReadOnlyList<Block> Of(LintReport report)
    {
        var blocks = new List<Block>();
        // The advice of a rule is said once: fifty findings of one rule would bury the rest under it.
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var finding in report.Findings)
        {
            blocks.Add(new Line($"{finding.File}:{finding.Line}:{finding.Column}: {finding.Severity}: {finding.Message} [{finding.Rule}]", ToneOf(finding.Severity)));
            if (finding.Source.Length > 0)
                blocks.Add(new Excerpt(finding.Line, finding.Column, finding.Source));
            if (finding.Hint is { } hint && said.Add(hint))
                blocks.Add(new Line($"HINT: {hint}", Tone.Muted, 2));
        }

        blocks.AddRange(report.Suppressed.Select(one => new Line($"{one.File}:{one.Line}: allowed: {one.Message} [{one.Rule}], because: {one.Reason}", Tone.Muted)));
        blocks.AddRange(report.NotChecked.Select(words => new Line($"not checked: {words}", Tone.Warning)));
        blocks.Add(new Line(Summary(report), report.Errors > 0 ? Tone.Bad : report.Warnings > 0 ? Tone.Warning : Tone.Good));
        return blocks;
    }

    /// <summary>The counts in a sentence.</summary>
    public static string Summary(LintReport report)
    {
        var counts = new List<string>();
        if (report.Errors > 0)
            counts.Add(Plural.Of(report.Errors, "error"));
        if (report.Warnings > 0)
            counts.Add(Plural.Of(report.Warnings, "warning"));
        if (report.Infos > 0)
            counts.Add(Plural.Of(report.Infos, "note"));
        var allowed = report.Suppressed.Count > 0 ? $"; {report.Suppressed.Count} allowed by the files" : "";
        return $"{(counts.Count == 0 ? "nothing found" : string.Join(", ", counts))} in {Plural.Of(report.Files, "migration")}{allowed}";
    }

    /// <summary>The rules with what a policy makes of each.</summary>
    public static Report Rules(IReadOnlyList<ILinter> linters, PolicyConfig config)
    {
        var rows = new List<IReadOnlyList<Cell>>();
        var data = new List<RuleReport>();
        foreach (var linter in linters)
        {
            var policy = new LintPolicy(config, linter.Rules);
            foreach (var rule in linter.Rules.Concat(SuppressionRules.All))
            {
                var severity = policy.SeverityOf(rule, "");
                rows.Add([rule.Id, severity is { } on ? new Cell(Word(on), ToneOf(Word(on))) : new Cell("off", Tone.Muted), Word(rule.Set), rule.Title]);
                data.Add(Data(rule, severity));
            }
        }

        var report = new LintReport(0, 0, 0, 0, [], [], [], data);
        return Report.Of(report, () => MigrateJson.Default.LintReport, [new Table(["rule", "here", "set", "finds"], rows)]);
    }

    /// <summary>A rule as reports have it.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="severity">What the policy makes of it; null for off.</param>
    public static RuleReport Data(RuleInfo rule, Severity? severity) =>
        new(rule.Id, rule.Title, severity is { } on ? Word(on) : "off", Word(rule.Set), rule.Since, rule.Why, rule.Fix, rule.Peers);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static Tone ToneOf(string severity) => severity switch { "error" => Tone.Bad, "warning" => Tone.Warning, _ => Tone.Muted };
}
