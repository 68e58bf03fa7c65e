using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Charts;
using Lockkeeper.Observe.Dashboards;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe history</c>.</summary>
internal static class HistoryVerb
{
    private static readonly Parameter Target = new("target", ParameterKind.Text, "A declared cluster, CLUSTER/NODE, ENVIRONMENT/DATABASE, or pgbouncer://NAME") { Positional = true, Required = true, ValueName = "TARGET" };
    private static readonly Parameter Since = new("since", ParameterKind.Duration, "How far back, up to 90d") { Default = "6h" };
    private static readonly Parameter About = new("about", ParameterKind.Choice, "What of it") { Choices = ["server", "statements", "tables", "pooler"], Default = "server" };
    private static readonly Parameter Datname = new("datname", ParameterKind.Text, "One database of the target; by default all") { ValueName = "NAME" };
    private static readonly Parameter Statement = new("statement", ParameterKind.Integer, "One statement, by its id in pg_stat_statements") { ValueName = "ID" };

    public static Verb Declare(WatchSetup setup, TargetSources sources, Func<IReadOnlyList<Dashboard>> dashboards) => new()
    {
        Path = "observe history",
        Summary = "show the past of one target: load, waits, locks, lag, WAL, sizes, with the runs that changed it",
        Details = "Reads what 'lk observe serve' has kept, or the Prometheus of 'observe: prometheus:'; the target itself is not asked. The charts are those of 'lk observe dashboards export'. With --json every chart has a value for each moment.",
        Effect = VerbEffect.Reads,
        Parameters = [Target, Since, About, Datname, Statement],
        Examples = [new VerbExample("lk observe history prod/shop", "the last six hours"), new VerbExample("lk observe history prod/shop --about statements --since 7d", "which statements took the time of the week")],
        ReportType = () => ObserveJson.Default.HistoryReport,
        Handler = (call, cancel) => HandleAsync(setup, sources, dashboards(), call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, TargetSources sources, IReadOnlyList<Dashboard> dashboards, VerbCall call, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        var target = Find(DeclaredTargets.Of(workspace, sources), call.Required(Target));
        var since = call.Duration(Since)!.Value;
        if (since < TimeSpan.FromMinutes(1) || since > TimeSpan.FromDays(90))
            throw new LockkeeperException(KernelErrors.WrongUse, $"--since {call.Text(Since)} is not between 1m and 90d", "Give a time such as 1h, 6h, 1d, 7d or 30d.");
        var span = ChartSpan.Of(workspace.Clock.GetUtcNow(), since);
        var place = new ChartReading.Place(target.Name, call.Text(Datname), call.Text(Statement));
        var rows = dashboards.Single(one => one.Id == "lockkeeper-" + call.Required(About)).Rows;
        var back = span.RateBack(workspace.Config.Observe.Interval);
        workspace.Progress.Now("reading the history");
        var source = await ReadAsync(setup, ChartReading.Selector(rows.SelectMany(row => row.Panels), place), span, back, workspace, cancel);
        var charts = rows.SelectMany(row => row.Panels.Select(panel => new ChartReport(
            row.Title, panel.Title, panel.Help, Unit(panel.Unit), panel.Kind == PanelKind.Stacked, [.. ChartReading.Lines(panel, source, place, span, back).Select(line => new ChartLineReport(line.Name, line.Labels, line.Values))]))).ToList();
        workspace.Progress.Now(null);
        var report = new HistoryReport(target.Name, DateTimeOffset.FromUnixTimeMilliseconds(span.From), DateTimeOffset.FromUnixTimeMilliseconds(span.To), span.Step / 1000, charts, await MarksAsync(target, span, workspace, cancel));
        return Report.Of(report, () => ObserveJson.Default.HistoryReport, [.. Text(report)]);
    }

    private static MonitoredTarget Find(IReadOnlyList<MonitoredTarget> targets, string name) => targets.FirstOrDefault(target => target.Name == name)
        ?? throw new LockkeeperException(KernelErrors.UnknownName, $"there is no target '{name}'", NearestName.Hint(name, [.. targets.Select(target => target.Name)], "targets"));

    private static async Task<ISeriesSource> ReadAsync(WatchSetup setup, SeriesSelector selector, ChartSpan span, long back, Workspace workspace, CancellationToken cancel)
    {
        var from = span.From - Math.Max(back, PromQlEvaluator.LookBack);
        if (workspace.Config.Observe.Prometheus is { } url)
            return await PrometheusPast.ReadAsync(url, selector, [(from, span.To)], span.Resolution > 0 ? span.Resolution : (long)workspace.Config.Observe.Interval.TotalMilliseconds, workspace, cancel);
        using var store = setup.OpenStore(workspace);
        if (store.EvaluatedAt() is null)
            throw new LockkeeperException(AlertErrors.NothingWatches, "nothing has watched the databases of this project yet", "Run 'lk observe serve', as a service on one machine.");
        return new HeldSeries(store.Source(span.Resolution).Select(selector, from, span.To));
    }

    /// <summary>The runs that may have changed what the charts show.</summary>
    private static async Task<List<MarkReport>> MarksAsync(MonitoredTarget target, ChartSpan span, Workspace workspace, CancellationToken cancel)
    {
        var environment = target.Labels.FirstOrDefault(label => label.Key == "environment").Value;
        var marks = new List<MarkReport>();
        await foreach (var entry in workspace.Ledger.ReadAsync(new LedgerFilter { Kinds = ["run.started"], Environment = environment }, cancel))
        {
            if (entry.At.ToUnixTimeMilliseconds() >= span.From)
                marks.Add(new MarkReport(entry.At, entry.Fact.Run, (string?)JsonNode.Parse(entry.Fact.Body)?["title"] ?? "a run", entry.Fact.Actor));
        }

        return marks;
    }

    private static string Unit(PanelUnit unit) => unit switch
    {
        PanelUnit.PerSecond => "per_second", PanelUnit.Seconds => "seconds", PanelUnit.Bytes => "bytes", PanelUnit.BytesPerSecond => "bytes_per_second", PanelUnit.Ratio => "ratio", _ => "number",
    };

    private static IEnumerable<Block> Text(HistoryReport report)
    {
        yield return new Line($"{report.Target}, {Time(report.From)} to {Time(report.To)}, a value every {Durations.Words(TimeSpan.FromSeconds(report.StepSeconds))}");
        foreach (var row in report.Charts.Where(chart => chart.Lines.Count > 0).GroupBy(chart => chart.Row))
        {
            yield return new Heading(row.Key);
            yield return new Table(["chart", "line", "last", "least", "most"], [.. row.SelectMany(chart => chart.Lines.Select(line => Row(chart, line)))]);
        }

        if (report.Charts.All(chart => chart.Lines.Count == 0))
            yield return new Line("the history has nothing of this target in this time", Tone.Warning);
        foreach (var mark in report.Marks)
            yield return new Line($"{Time(mark.At)}: {mark.Title}, by {mark.Actor}, run {mark.Run}", Tone.Muted);
    }

    private static IReadOnlyList<Cell> Row(ChartReport chart, ChartLineReport line) =>
        [chart.Title, line.Name, Words(line.Values.LastOrDefault(value => value is not null), chart.Unit), Words(line.Values.Min(), chart.Unit), Words(line.Values.Max(), chart.Unit)];

    private static string Words(double? value, string unit) => value is not { } number ? "" : string.Create(CultureInfo.InvariantCulture, $"{number:G4}{unit switch { "per_second" => "/s", "seconds" => " s", "bytes" => " B", "bytes_per_second" => " B/s", _ => "" }}");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
