using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Notify;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Watching;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Observe.Sqlite;

/// <summary>The store of the watch in the project's file of observations. After a failure, such as a full disk, the next use tries again.</summary>
internal sealed class WatchStore : IWatchStore
{
    private readonly string path;
    private readonly HistoryStore history;
    private readonly WatchFile watch;

    private WatchStore(string path, HistoryStore history, WatchFile watch) => (this.path, this.history, this.watch) = (path, history, watch);

    /// <inheritdoc/>
    public long Size
    {
        get
        {
            try
            {
                return history.Size;
            }
            catch (SqliteException)
            {
                return 0;
            }
        }
    }

    /// <summary>Opens the store of a project.</summary>
    /// <param name="workspace">The project.</param>
    /// <exception cref="LockkeeperException">The file cannot be used (LK6102).</exception>
    public static WatchStore Open(Workspace workspace)
    {
        var config = workspace.Config.Observe.History;
        var limits = new HistoryLimits(config.Raw, config.Minutes, config.TenMinutes, config.MostBytes);
        var counters = MetricCatalogue.All.Where(metric => metric.Kind == MetricKind.Counter).Select(metric => metric.Name).ToHashSet(StringComparer.Ordinal);
        // Two connections: alerts and silences are written while the history is read.
        return new WatchStore(ObservationFile.PathOf(workspace), new HistoryStore(ObservationFile.Open(workspace), limits, counters.Contains), new WatchFile(ObservationFile.Open(workspace)));
    }

    /// <inheritdoc/>
    public void Append(string target, long time, ScrapedRows samples) => Guarded(() => history.Append(target, time, samples));

    /// <inheritdoc/>
    public void Maintain(DateTimeOffset now) => Guarded(() =>
    {
        history.Maintain(now.ToUnixTimeMilliseconds());
        watch.Maintain(now);
    });

    /// <inheritdoc/>
    public ISeriesSource Source(long step = 0) => new GuardedSource(this, history.Source(step));

    /// <inheritdoc/>
    public IReadOnlyList<Alert> Alerts() => Guarded(watch.Alerts);

    /// <inheritdoc/>
    public IReadOnlyList<Alert> Past() => Guarded(watch.Past);

    /// <inheritdoc/>
    public DateTimeOffset? EvaluatedAt() => Guarded(watch.EvaluatedAt);

    /// <inheritdoc/>
    public void Write(Silence silence) => Guarded(() => watch.Write(silence));

    /// <inheritdoc/>
    public bool EndSilence(string id) => Guarded(() => watch.EndSilence(id));

    /// <inheritdoc/>
    public Dictionary<string, GroupState> Groups() => Guarded(watch.Groups);

    /// <inheritdoc/>
    public IReadOnlyList<Silence> Silences(DateTimeOffset now) => Guarded(() => watch.Silences(now));

    /// <inheritdoc/>
    public void Write(IReadOnlyList<Alert> alerts, DateTimeOffset now) => Guarded(() => watch.Write(alerts, now));

    /// <inheritdoc/>
    public void Write(string key, GroupState state) => Guarded(() => watch.Write(key, state));

    /// <inheritdoc/>
    public void Dispose()
    {
        history.Dispose();
        watch.Dispose();
    }

    private sealed class GuardedSource(WatchStore store, ISeriesSource source) : ISeriesSource
    {
        public IEnumerable<Series> Select(SeriesSelector selector, long from, long to) => store.Guarded(() => source.Select(selector, from, to).ToList());
    }

    private void Guarded(Action work) => Guarded(() =>
    {
        work();
        return true;
    });

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is SqliteException or IOException or InvalidDataException or System.Text.Json.JsonException)
        {
            throw new LockkeeperException(AlertErrors.HistoryUnusable, $"the file of observations {path} cannot be used: {e.Message}", "Make room on its disk, or remove the file while nothing watches: it holds nothing but the past.", inner: e);
        }
    }
}
