using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Anomalies;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe anomalies</c>.</summary>
internal static class AnomaliesVerb
{
    private static readonly Parameter Target = new("target", ParameterKind.Text, "Of one target only") { Positional = true, ValueName = "TARGET" };

    private static readonly Parameter At = new("at", ParameterKind.Text, "As it was at a moment of the past, for example 2026-11-23T10:00Z") { ValueName = "TIME" };

    public static Verb Declare(WatchSetup setup, Func<IReadOnlyList<WatchedRate>> rates) => new()
    {
        Path = "observe anomalies",
        Summary = "name the few databases, tables and statements that do not behave as they usually do at this time",
        Details = "Compares rates of the history that 'lk observe serve' keeps with the same hour of the week in four weeks before, and with the day before while there are no three weeks yet. What differs by little, or for less than half an hour, does not count. "
            + $"At most {AnomalySearch.Most} are told, each with what is usual, since when, how strongly, and which run of this project came just before. Exit code 1 when there is one.",
        Effect = VerbEffect.Reads,
        Parameters = [Target, At],
        Examples = [new VerbExample("lk observe anomalies", "what is unusual now"), new VerbExample("lk observe anomalies prod/shop --at 2026-11-23T10:00Z", "what was unusual then")],
        ReportType = () => ObserveJson.Default.AnomaliesReport,
        Handler = (call, cancel) => HandleAsync(setup, rates(), call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, IReadOnlyList<WatchedRate> rates, VerbCall call, CancellationToken cancel)
    {
        var now = Moment(call);
        call.Workspace.Progress.Now("reading the history");
        var verdict = await SearchAsync(setup, rates, now, call, cancel);
        call.Workspace.Progress.Now(null);
        var deploys = verdict.Found.Count == 0 ? [] : await DeployBefore.ReadAsync(call.Workspace.Ledger, cancel);
        var report = new AnomaliesReport(now, verdict.Series, verdict.Seasonal, [.. verdict.Found.Select(one => Of(one, AnomalyText.Before(one, deploys), now))], verdict.Weaker);
        return Report.Of(report, () => ObserveJson.Default.AnomaliesReport, [.. Text(report)], report.Anomalies.Count > 0 ? ExitCode.Findings : ExitCode.Done);
    }

    private static async Task<AnomalyVerdict> SearchAsync(WatchSetup setup, IReadOnlyList<WatchedRate> rates, DateTimeOffset now, VerbCall call, CancellationToken cancel)
    {
        var target = call.Text(Target);
        if (call.Workspace.Config.Observe.Prometheus is { } url)
            return AnomalySearch.Run(await PrometheusPast.ReadAsync(url, PastRates.Selector(rates, target), PastRates.Times(AnomalySearch.LastSpan(now)), RateBuckets.Span, call.Workspace, cancel), rates, now, target);
        using var store = setup.OpenStore(call.Workspace);
        if (store.EvaluatedAt() is null)
            throw new LockkeeperException(AlertErrors.NothingWatches, "nothing has watched the databases of this project yet", "Run 'lk observe serve', as a service on one machine.");
        return AnomalySearch.Run(store.Source(RateBuckets.Span), rates, now, target);
    }

    private static DateTimeOffset Moment(VerbCall call)
    {
        if (call.Text(At) is not { } text)
            return call.Workspace.Clock.GetUtcNow();
        return DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new LockkeeperException(KernelErrors.WrongUse, $"'{text}' is no moment", "Write it as 2026-11-23T10:00Z.");
    }

    private static AnomalyReport Of(Anomaly one, DeployBefore? deploy, DateTimeOffset now) => new(
        AnomalyText.Of(one, deploy, now), one.Labels["target"], one.Rate.Subject, one.Rate.Metric, one.Labels.Pairs.ToDictionary(StringComparer.Ordinal), one.Rate.What, one.Value, one.Usual.Median, one.Usual.Spread, one.Strength,
        one.Usual.Weeks, one.Since, deploy?.Run);

    private static IEnumerable<Block> Text(AnomaliesReport report)
    {
        if (report.Compared == 0)
            yield return new Line("nothing was compared: no rate is above what is worth a look, or the history has less than 18 hours before this moment, or nothing of the last minutes", Tone.Warning);
        else if (report.Anomalies.Count == 0)
            yield return new Line($"nothing is unusual among {Plural.Of(report.Compared, "rate")}, {report.Seasonal} of them compared with the same hour of earlier weeks", Tone.Good);
        foreach (var one in report.Anomalies)
            yield return new Line(one.Text, Tone.Warning);
        if (report.Weaker > 0)
            yield return new Line($"and {report.Weaker} weaker", Tone.Muted);
    }
}
