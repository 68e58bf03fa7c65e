using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Lint;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>Gathers what lint found over all databases.</summary>
internal sealed class LintResults
{
    private readonly List<LookedAt> scripts = [];
    private readonly Dictionary<string, RuleInfo> rules = new(StringComparer.Ordinal);
    private readonly List<string> notChecked = [];
    private int files;

    /// <summary>Looks at one database's migrations.</summary>
    public void Add(LintInput input, ILinter linter, LintPolicy policy, CancellationToken cancel)
    {
        foreach (var rule in linter.Rules.Concat(SuppressionRules.All))
            rules[rule.Id] = rule;
        files += input.Series.Migrations.Count(migration => !migration.Disabled && input.IsChosen(migration));
        if (input.NotAsked is { } reason)
            notChecked.Add(reason);
        notChecked.AddRange(input.Target?.NotChecked ?? []);
        foreach (var script in linter.Lint(input with { IsWanted = policy.IsWanted }, cancel))
            scripts.Add(new LookedAt(input.Database.Name, script, policy.Apply(script)));
    }

    /// <summary>The report.</summary>
    /// <param name="folder">The folder that files are shown from.</param>
    public LintReport Report(string folder)
    {
        var findings = scripts.SelectMany(script => Findings(script.Database, script.Script, script.Result, folder)).ToList();
        var found = findings.Select(finding => finding.Rule).Concat(scripts.SelectMany(script => script.Result.Suppressed).Select(one => one.Finding.Rule)).Distinct().Order(StringComparer.Ordinal);
        return new LintReport(
            files, findings.Count(finding => finding.Severity == "error"), findings.Count(finding => finding.Severity == "warning"), findings.Count(finding => finding.Severity == "info"),
            findings,
            [.. scripts.SelectMany(script => script.Result.Suppressed).Select(one => new SuppressedLintFinding(one.Finding.Rule, one.Finding.Message, one.Finding.At!.File, one.Finding.At.Line, one.Reason))],
            notChecked, [.. found.Select(id => LintText.Data(rules[id], rules[id].Severity))]);
    }

    private static IEnumerable<LintFinding> Findings(string database, ScriptFindings script, PolicyResult result, string folder)
    {
        if (result.Findings.Count == 0)
            yield break;
        var lines = new SourceLines(folder, script.Migration.Up);
        foreach (var finding in result.Findings)
        {
            var at = finding.At!;
            yield return new LintFinding(
                database, script.Migration.Id, finding.Rule, finding.Severity.ToString().ToLowerInvariant(), finding.Message, at.File, at.Line, at.Column, lines.Of(at), finding.Hint, finding.Subject);
        }
    }

    private sealed record LookedAt(string Database, ScriptFindings Script, PolicyResult Result);
}
