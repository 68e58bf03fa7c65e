using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Charts;
using Lockkeeper.Observe.Fleet;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe fleet</c>.</summary>
internal static class FleetVerb
{
    public static Verb Declare(WatchSetup setup, TargetSources sources) => new()
    {
        Path = "observe fleet",
        Summary = "show what was last seen of every target: whether it is up, role, size, lag, age of its backup and of its last drill",
        Details = "Reads what 'lk observe serve' has kept of the last five minutes, or the Prometheus of 'observe: prometheus:'; no database is asked.",
        Effect = VerbEffect.Reads,
        Examples = [new VerbExample("lk observe fleet", "all targets, a line each")],
        ReportType = () => ObserveJson.Default.FleetReport,
        Handler = (call, cancel) => HandleAsync(setup, sources, call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, TargetSources sources, VerbCall call, CancellationToken cancel)
    {
        var now = call.Workspace.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var series = await ReadAsync(setup, call.Workspace, now, cancel);
        var seen = new FleetLook(new PromQlEvaluator(series, now));
        var report = new FleetReport([.. DeclaredTargets.Of(call.Workspace, sources).Where(target => target.Engine != MonitoredTarget.PgBouncer).Select(seen.Of)]);
        return Report.Of(report, () => ObserveJson.Default.FleetReport, report.Targets.Count == 0
            ? [new Line("the project declares nothing that can be observed", Tone.Muted)]
            : [new Table(["target", "state", "role", "size", "lag", "backup", "drill"], [.. report.Targets.Select(Row)])]);
    }

    private static async Task<ISeriesSource> ReadAsync(WatchSetup setup, Workspace workspace, long now, CancellationToken cancel)
    {
        var from = now - PromQlEvaluator.LookBack;
        if (workspace.Config.Observe.Prometheus is { } url)
            return await PrometheusPast.ReadAsync(url, FleetLook.Selector, [(from, now)], (long)workspace.Config.Observe.Interval.TotalMilliseconds, workspace, cancel);
        using var store = setup.OpenStore(workspace);
        if (store.EvaluatedAt() is null)
            throw new LockkeeperException(AlertErrors.NothingWatches, "nothing has watched the databases of this project yet", "Run 'lk observe serve', as a service on one machine.");
        return new HeldSeries(store.Source().Select(FleetLook.Selector, from, now));
    }

    private static IReadOnlyList<Cell> Row(FleetTargetReport target) =>
    [
        target.Target,
        target.Up switch { true => new Cell("up", Tone.Good), false => new Cell("down", Tone.Bad), _ => new Cell("not seen", Tone.Warning) },
        target.Role ?? "",
        target.SizeBytes is { } size ? Bytes(size) : "",
        target.LagSeconds is { } lag ? Durations.Words(TimeSpan.FromSeconds(Math.Round(lag, 1))) : "",
        target.BackupAgeSeconds is { } backup ? Age(backup) : "",
        target.DrillAgeSeconds is { } drill ? new Cell(Age(drill) + (target.DrillPassed == false ? ", failed" : ""), target.DrillPassed == false ? Tone.Bad : Tone.Plain) : "",
    ];

    private static string Age(double seconds) => Durations.Words(TimeSpan.FromSeconds(Math.Round(seconds))) + " ago";

    private static string Bytes(double bytes) => bytes switch
    {
        >= 1L << 40 => $"{bytes / (1L << 40):0.#} TiB", >= 1L << 30 => $"{bytes / (1L << 30):0.#} GiB", >= 1L << 20 => $"{bytes / (1L << 20):0.#} MiB", _ => $"{bytes / 1024:0.#} KiB",
    };
}
