using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Anomalies;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe serve</c>.</summary>
internal static class ServeVerb
{
    private static readonly Parameter Listen = new("listen", ParameterKind.Text, "The address that /metrics and /probe?target= are answered on") { Default = "127.0.0.1:9187", ValueName = "ADDRESS" };

    private static readonly Parameter NoWatch = new("no-watch", ParameterKind.Flag, "Answer requests only: no history, no alerts; Prometheus does both");

    public static Verb Declare(WatchSetup setup, Func<IReadOnlyList<WatchedRate>> rates) => new()
    {
        Path = "observe serve",
        Summary = "watch all declared targets: exporter, history and alerts, until it is stopped",
        Details = "Answers /metrics with all declared targets and /probe?target=NAME with one, for Prometheus. Reads each target every 'observe: interval:' too, keeps the values in a file of bounded size beside the ledger, evaluates the alert rules, looks for what is unusual every ten minutes, and tells the receivers. Runs until Ctrl-C or SIGTERM; run it as a service. "
            + "What it says of itself is in /metrics as lockkeeper_watch_…. It is not protected by a password: it listens on this machine only unless told otherwise.",
        Effect = VerbEffect.Local,
        Parameters = [Listen, NoWatch],
        Examples = [new VerbExample("lk observe serve", "watches the project's databases"), new VerbExample("lk observe serve --no-watch --listen 0.0.0.0:9187", "an exporter for a Prometheus on another machine")],
        ReportType = () => ObserveJson.Default.ServeReport,
        Handler = (call, cancel) => HandleAsync(setup, rates(), call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, IReadOnlyList<WatchedRate> rates, VerbCall call, CancellationToken cancel)
    {
        var workspace = call.Workspace;
        var rules = RuleSet.Of(setup.Rules, workspace.Config.Observe);
        await using var exporter = setup.Exporter(workspace);
        var metrics = new WatchMetrics();
        var watches = !call.Flag(NoWatch);
        using var store = watches ? new ReopenedStore(() => setup.OpenStore(workspace), workspace.Clock) : null;
        var loop = store is null ? null : new WatchLoop(exporter, rules, store, metrics, workspace, new AnomalyWatch(() => setup.OpenStore(workspace), rates, workspace));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var serving = workspace.Http().ServeAsync(call.Required(Listen), Routes(exporter, watches ? metrics : null, workspace.Clock), address => workspace.Progress.Say($"{Plural.Of(exporter.Targets.Count, "target")}, answering on {address}/metrics"), stop.Token);
        var watching = loop?.RunAsync(stop.Token) ?? Task.Delay(Timeout.Infinite, stop.Token);
        // When one of them fails, the other has no reason to go on.
        await await Task.WhenAny(serving, watching);
        await stop.CancelAsync();
        await Task.WhenAll(serving, watching.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
        return Report.Of(new ServeReport(exporter.Targets.Count), () => ObserveJson.Default.ServeReport, [new Line("stopped")]);
    }

    private static IReadOnlyList<InboundRoute> Routes(IExporter exporter, WatchMetrics? own, TimeProvider clock) =>
    [
        new("/metrics", async (call, cancel) =>
        {
            var format = Format(call);
            IReadOnlyList<Snapshot> snapshots = [.. await exporter.ScrapeAsync(Deadline(call), cancel), .. own is null ? [] : new[] { own.Snapshot(clock.GetUtcNow()) }];
            await MetricsText.WriteAsync(call.Answer(200, MetricsText.ContentType(format)), snapshots, format, cancel);
        }),
        new("/probe", async (call, cancel) =>
        {
            var target = call.Query("target") ?? throw new LockkeeperException(KernelErrors.WrongUse, "the address names no target", "Ask for /probe?target=NAME.");
            var format = Format(call);
            var snapshot = await exporter.ScrapeAsync(target, Deadline(call), cancel);
            await MetricsText.WriteAsync(call.Answer(200, MetricsText.ContentType(format)), [snapshot], format, cancel);
        }),
        new("/healthz", async (call, cancel) => await call.Answer(200, "text/plain; charset=utf-8").WriteAsync("ok\n"u8.ToArray(), cancel)),
    ];

    private static MetricsFormat Format(IInboundCall call) => call.Header("Accept")?.Contains("application/openmetrics-text", StringComparison.Ordinal) == true ? MetricsFormat.OpenMetrics : MetricsFormat.Prometheus;

    /// <summary>A little less than Prometheus waits, so that it gets what there is.</summary>
    private static TimeSpan Deadline(IInboundCall call) =>
        double.TryParse(call.Header("X-Prometheus-Scrape-Timeout-Seconds"), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 3600
            ? TimeSpan.FromSeconds(Math.Max(seconds - 0.5, seconds / 2))
            : Exporter.DefaultDeadline;
}
