using System.Globalization;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe alerts list</c>.</summary>
internal static class AlertsListVerb
{
    private static readonly Parameter Past = new("past", ParameterKind.Flag, "Those of the last 90 days that are resolved, too");

    public static Verb Declare(WatchSetup setup) => new()
    {
        Path = "observe alerts list",
        Summary = "show which alerts fire, which are about to, and which are silenced",
        Details = "Shows what 'lk observe serve' found in its last round; it says so when that was long ago. Where 'observe: prometheus:' names a Prometheus, its alerts of the project's rules are shown. Exit code 1 when an alert fires.",
        Effect = VerbEffect.Reads,
        Parameters = [Past],
        Examples = [new VerbExample("lk observe alerts list", "what is wrong now"), new VerbExample("lk observe alerts list --past", "and what was")],
        ReportType = () => ObserveJson.Default.AlertsReport,
        Handler = (call, cancel) => HandleAsync(setup, call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, VerbCall call, CancellationToken cancel)
    {
        if (call.Workspace.Config.Observe.Prometheus is { } url)
            return call.Flag(Past)
                ? throw new LockkeeperException(KernelErrors.WrongUse, "a Prometheus keeps no list of alerts that are resolved", "Leave --past out, or look at the series ALERTS in the Prometheus.")
                : Answer(call, call.Workspace.Clock.GetUtcNow(), [.. Ordered(await PrometheusAlerts.ReadAsync(url, RuleSet.Of(setup.Rules, call.Workspace.Config.Observe), call.Workspace, cancel))], []);
        using var store = setup.OpenStore(call.Workspace);
        var now = call.Workspace.Clock.GetUtcNow();
        var at = store.EvaluatedAt() ?? throw new LockkeeperException(AlertErrors.NothingWatches, "nothing has watched the databases of this project yet", "Run 'lk observe serve', as a service on one machine.");
        var silences = store.Silences(now);
        IReadOnlyList<Alert> alerts = [.. Ordered(store.Alerts()), .. call.Flag(Past) ? store.Past() : []];
        return Answer(call, at, alerts, silences);
    }

    private static Report Answer(VerbCall call, DateTimeOffset at, IReadOnlyList<Alert> alerts, IReadOnlyList<Silence> silences)
    {
        var now = call.Workspace.Clock.GetUtcNow();
        var report = new AlertsReport(at, [.. alerts.Select(alert => Of(alert, silences, now))], [.. silences.Select(one => new SilenceReport(one.Id, one.Matchers, one.Until, one.By, one.Reason))]);
        return Report.Of(report, () => ObserveJson.Default.AlertsReport, [.. Text(report, now)], alerts.Any(alert => alert.Phase == AlertPhase.Firing) ? ExitCode.Findings : ExitCode.Done);
    }

    private static IEnumerable<Alert> Ordered(IEnumerable<Alert> open) => open.OrderByDescending(alert => alert.Phase).ThenByDescending(alert => alert.Severity).ThenBy(alert => alert.Key, StringComparer.Ordinal);

    private static AlertReport Of(Alert alert, IReadOnlyList<Silence> silences, DateTimeOffset now) => new(
        alert.Rule, alert.Severity == AlertSeverity.Critical ? "critical" : "warning", alert.Phase.ToString().ToLowerInvariant(), alert.Labels["target"], alert.Summary,
        alert.Labels.Pairs.ToDictionary(StringComparer.Ordinal), double.IsFinite(alert.Value) ? alert.Value : null, alert.Since, alert.ResolvedAt, silences.Any(silence => silence.Holds(alert, now)));

    private static IEnumerable<Block> Text(AlertsReport report, DateTimeOffset now)
    {
        var age = now - report.EvaluatedAt!.Value;
        if (age > TimeSpan.FromMinutes(2))
            yield return new Line($"the rules were last evaluated {Durations.Words(age)} ago: nothing watches now", Tone.Warning);
        if (report.Alerts.Count == 0)
            yield return new Line("no alert fires", Tone.Good);
        else
            yield return new Table(["state", "severity", "alert", "what", "since"], [.. report.Alerts.Select(alert => Row(alert, now))]);
        foreach (var silence in report.Silences)
            yield return new Line($"silence {silence.Id}: {string.Join(", ", silence.Matchers.Select(pair => $"{pair.Key}={pair.Value}"))} until {Time(silence.Until)}, by {silence.By}: {silence.Reason}", Tone.Muted);
    }

    private static IReadOnlyList<Cell> Row(AlertReport alert, DateTimeOffset now)
    {
        var tone = alert.Phase != "firing" ? Tone.Muted : alert.Severity == "critical" ? Tone.Bad : Tone.Warning;
        var since = alert.ResolvedAt is { } end ? $"{Time(alert.Since)} for {Durations.Words(end - alert.Since)}" : Durations.Words(now - alert.Since);
        return [new Cell(alert.Phase + (alert.Silenced ? " (silenced)" : ""), tone), alert.Severity, new Cell(alert.Rule, Tone.Strong), alert.Summary, since];
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
