using System.Text;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Host.Reference;

/// <summary>docs/reference/alerts.md: every alert rule with its runbook.</summary>
public static class AlertsPage
{
    /// <summary>The page.</summary>
    /// <param name="rules">Every rule.</param>
    public static string Of(IReadOnlyList<AlertRule> rules)
    {
        var page = new StringBuilder();
        page.Append("# Alerts and their runbooks\n\n<!-- Generated from the code: LK_UPDATE_GOLDEN=1 ./test ReferencePages -->\n\n");
        page.Append("`lk observe serve` evaluates these rules, `lk observe alerts export` writes them for Prometheus, and `lk observe runbook ALERT --target TARGET` runs the statements of a diagnosis and shows the answers. ");
        page.Append("Thresholds, times and severities can be changed, and rules turned off, under `observe: alerts:` in [lockkeeper.yaml](config.md).\n\n");
        page.Append("| alert | severity | threshold | for | means |\n|---|---|---|---|---|\n");
        foreach (var rule in rules)
            page.Append($"| [{rule.Name}](#{rule.Name.ToLowerInvariant()}) | {Severity(rule)} | {(rule.Threshold is { } threshold ? AlertText.Number(rule.Unit, threshold) : "")} | {(rule.For > TimeSpan.Zero ? Durations.Words(rule.For) : "at once")} | {Markdown.Cell(rule.Runbook.Meaning)} |\n");
        foreach (var rule in rules)
            Append(page, rule);
        return page.ToString();
    }

    private static void Append(StringBuilder page, AlertRule rule)
    {
        page.Append($"\n## {rule.Name}\n\n{rule.Runbook.Meaning}\n\n**Impact**: {rule.Runbook.Impact}\n\n**Condition**{(rule.For > TimeSpan.Zero ? $", for {Durations.Words(rule.For)}" : "")}:\n\n```promql\n{rule.Condition.Trim()}\n```\n\n**Diagnosis**\n");
        foreach (var step in rule.Runbook.Diagnosis)
            page.Append($"\n{step.Question}{Versions(step)}\n\n```sql\n{step.Sql.Trim()}\n```\n");
        page.Append("\n**What to do, in this order**\n\n");
        for (var i = 0; i < rule.Runbook.Mitigation.Count; i++)
            page.Append($"{i + 1}. {rule.Runbook.Mitigation[i]}\n");
    }

    private static string Versions(DiagnosisStep step) => (step.Since, step.Until, step.Place) switch
    {
        (_, _, DiagnosisPlace.Pooler) => " (in the pooler's console)",
        (> 0, _, _) => $" (PostgreSQL {step.Since} or later)",
        (_, > 0, _) => $" (PostgreSQL {step.Until} or earlier)",
        _ => "",
    };

    private static string Severity(AlertRule rule) => rule.Severity == AlertSeverity.Critical ? "critical" : "warning";
}
