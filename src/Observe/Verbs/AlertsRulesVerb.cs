using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe alerts rules</c>.</summary>
internal static class AlertsRulesVerb
{
    public static Verb Declare(WatchSetup setup) => new()
    {
        Path = "observe alerts rules",
        Summary = "list the alert rules that hold in this project",
        Details = "Thresholds, times and severities can be changed, and rules turned off or added, under 'observe:' in lockkeeper.yaml. Conditions are PromQL; --json shows them.",
        Effect = VerbEffect.Reads,
        Examples = [new VerbExample("lk observe alerts rules", "what is watched, and from which threshold on")],
        ReportType = () => ObserveJson.Default.RulesReport,
        Handler = (call, _) => Task.FromResult(Handle(setup, call)),
    };

    private static Report Handle(WatchSetup setup, VerbCall call)
    {
        var rules = RuleSet.Of(setup.Rules, call.Workspace.Config.Observe).Rules.Select(pair => pair.Rule).ToList();
        var report = new RulesReport([.. rules.Select(Of)]);
        return Report.Of(report, () => ObserveJson.Default.RulesReport,
            [new Table(["alert", "severity", "threshold", "for", "means"], [.. rules.Select(rule => (IReadOnlyList<Cell>)[new Cell(rule.Name, Tone.Strong), Severity(rule), Threshold(rule), rule.For > TimeSpan.Zero ? Durations.Words(rule.For) : "at once", rule.Runbook.Meaning])])]);
    }

    private static RuleReport Of(AlertRule rule) => new(rule.Name, rule.Group, Severity(rule), rule.Condition, rule.Threshold, rule.Unit.ToString().ToLowerInvariant(), rule.For.TotalSeconds, rule.Runbook.Meaning);

    private static string Severity(AlertRule rule) => rule.Severity == AlertSeverity.Critical ? "critical" : "warning";

    private static string Threshold(AlertRule rule) => rule.Threshold is { } threshold ? AlertText.Number(rule.Unit, threshold) : "";
}
