using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.Exporting;

/// <summary>Reads the metrics of targets. It keeps one connection for each database open between scrapes, so there is one of it for a process.</summary>
/// <remarks>
/// Two scrapes of a target at the same time are one: the second waits for the first. A scrape ends at its deadline with what it has; what is missing is
/// <c>lockkeeper_metric_unavailable</c>. A target that is down, or whose secret is not here, is a snapshot with <c>pg_up</c> 0 and never an exception.
/// </remarks>
public interface IExporter : IAsyncDisposable
{
    /// <summary>The declared targets, in order of their names.</summary>
    IReadOnlyList<MonitoredTarget> Targets { get; }

    /// <summary>Reads all declared targets, several at once.</summary>
    /// <param name="deadline">How long it may take; Prometheus says its own limit in the header X-Prometheus-Scrape-Timeout-Seconds.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<IReadOnlyList<Snapshot>> ScrapeAsync(TimeSpan deadline, CancellationToken cancel);

    /// <summary>Reads one declared target.</summary>
    /// <param name="target">Its name.</param>
    /// <param name="deadline">How long it may take.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">There is no target of this name.</exception>
    Task<Snapshot> ScrapeAsync(string target, TimeSpan deadline, CancellationToken cancel);

    /// <summary>Reads one declared target, or all, and writes them as text: the answer of <c>/probe?target=</c> and of <c>/metrics</c>.</summary>
    /// <param name="target">Its name; null for all.</param>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="format">The format; <see cref="MetricsText.ContentType"/> goes with it.</param>
    /// <param name="deadline">How long reading may take.</param>
    /// <param name="cancel">Stops it.</param>
    Task WriteAsync(string? target, Stream stream, MetricsFormat format, TimeSpan deadline, CancellationToken cancel);

    /// <summary>The text of a statement: it is never a label, and is read once for each new statement.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="queryId">The label <c>queryid</c> of its series.</param>
    /// <returns>The text; null when it is not known, or not yet.</returns>
    string? StatementText(string target, string queryId);
}
