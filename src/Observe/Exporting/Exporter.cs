using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql;
using Lockkeeper.Observe.PostgreSql.Backups;
using Lockkeeper.Observe.PostgreSql.Pooling;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.Exporting;

/// <summary>The exporter of this process. It knows nothing of HTTP.</summary>
public sealed class Exporter : IExporter
{
    /// <summary>How long a scrape may take unless the caller says; Prometheus' own default limit is 10 s.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(9);

    /// <summary>A target mostly waits for its server, so more at once than there are cores.</summary>
    private const int AtOnce = 16;

    private readonly Dictionary<string, SharedScrape> monitors;

    private Exporter(IReadOnlyList<MonitoredTarget> targets, Workspace workspace)
    {
        Targets = targets;
        monitors = targets.ToDictionary(target => target.Name, target => new SharedScrape(MonitorOf(target, workspace)), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public IReadOnlyList<MonitoredTarget> Targets { get; }

    /// <summary>The exporter of what a project declares; nothing is connected yet.</summary>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="sources">What other duties know of what can be observed.</param>
    /// <exception cref="LockkeeperException">A declaration is not valid, or nothing is declared (LK6000).</exception>
    public static Exporter Of(Workspace workspace, TargetSources sources)
    {
        var targets = DeclaredTargets.Of(workspace, sources);
        return targets.Count > 0 ? new Exporter(targets, workspace) : throw new LockkeeperException(
            ObserveErrors.NothingToObserve, "the project declares no PostgreSQL cluster and no target of an environment", "Declare a cluster in clusters/NAME.yaml, or a target in lockkeeper.yaml.");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Snapshot>> ScrapeAsync(TimeSpan deadline, CancellationToken cancel)
    {
        var snapshots = new Snapshot[Targets.Count];
        await Parallel.ForAsync(0, Targets.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (i, stop) =>
            snapshots[i] = await monitors[Targets[i].Name].ScrapeAsync(deadline, stop));
        return snapshots;
    }

    /// <inheritdoc/>
    public async Task<Snapshot> ScrapeAsync(string target, TimeSpan deadline, CancellationToken cancel) => monitors.TryGetValue(target, out var monitor)
        ? await monitor.ScrapeAsync(deadline, cancel)
        : throw new LockkeeperException(KernelErrors.UnknownName, $"there is no target '{target}'", NearestName.Hint(target, [.. monitors.Keys], "targets"));

    /// <inheritdoc/>
    public async Task WriteAsync(string? target, Stream stream, MetricsFormat format, TimeSpan deadline, CancellationToken cancel)
    {
        IReadOnlyList<Snapshot> snapshots = target is null ? await ScrapeAsync(deadline, cancel) : [await ScrapeAsync(target, deadline, cancel)];
        await MetricsText.WriteAsync(stream, snapshots, format, cancel);
    }

    /// <inheritdoc/>
    public string? StatementText(string target, string queryId) => monitors.GetValueOrDefault(target)?.StatementText(queryId);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var monitor in monitors.Values)
            await monitor.DisposeAsync();
    }

    private static ITargetMonitor MonitorOf(MonitoredTarget target, Workspace workspace)
    {
        if (target.BackupsAsync is { } look)
            return new BackupMonitor(target, look, workspace.Clock);
        return target.Engine == MonitoredTarget.PgBouncer ? new PoolerMonitor(target, workspace.Clock, workspace.Redactor) : new PostgreSqlMonitor(target, workspace.Clock, workspace.Redactor);
    }
}
