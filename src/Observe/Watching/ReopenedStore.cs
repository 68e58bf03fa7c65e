using Lockkeeper.Kernel.Errors;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Notify;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Watching;

/// <summary>A store that need not be usable when the watch begins, and is opened anew when it was not: a file that somebody has mended or removed is used without a restart.</summary>
/// <param name="open">Opens it; fails with LK6102.</param>
/// <param name="clock">The clock.</param>
internal sealed class ReopenedStore(Func<IWatchStore> open, TimeProvider clock) : IWatchStore
{
    /// <summary>Opening costs reading all series; a full disk stays full for a while.</summary>
    private static readonly TimeSpan AfterUse = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AfterOpening = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private IWatchStore? store;
    private LockkeeperException? refused;
    private bool failed;
    private long openedAt;

    public long Size
    {
        get
        {
            lock (gate)
                return store?.Size ?? 0;
        }
    }

    public void Append(string target, long time, ScrapedRows samples) => Use(one => one.Append(target, time, samples));

    public void Maintain(DateTimeOffset now) => Use(one => one.Maintain(now));

    public ISeriesSource Source(long step = 0) => new ReopenedSource(this, step);

    public IReadOnlyList<Alert> Alerts() => Use(one => one.Alerts());

    public IReadOnlyList<Alert> Past() => Use(one => one.Past());

    public DateTimeOffset? EvaluatedAt() => Use(one => one.EvaluatedAt());

    public Dictionary<string, GroupState> Groups() => Use(one => one.Groups());

    public IReadOnlyList<Silence> Silences(DateTimeOffset now) => Use(one => one.Silences(now));

    public void Write(IReadOnlyList<Alert> alerts, DateTimeOffset now) => Use(one => one.Write(alerts, now));

    public void Write(string key, GroupState state) => Use(one => one.Write(key, state));

    public void Write(Silence silence) => Use(one => one.Write(silence));

    public bool EndSilence(string id) => Use(one => one.EndSilence(id));

    public void Dispose()
    {
        lock (gate)
            store?.Dispose();
    }

    private void Use(Action<IWatchStore> work) => Use(one =>
    {
        work(one);
        return true;
    });

    private T Use<T>(Func<IWatchStore, T> work)
    {
        lock (gate)
        {
            var opened = Opened();
            try
            {
                return work(opened);
            }
            catch (LockkeeperException)
            {
                failed = true;
                throw;
            }
        }
    }

    private IWatchStore Opened()
    {
        var waits = store is null ? refused is not null && clock.GetElapsedTime(openedAt) < AfterOpening : !failed || clock.GetElapsedTime(openedAt) < AfterUse;
        if (waits)
            return store ?? throw refused!;
        store?.Dispose();
        (store, failed, openedAt) = (null, false, clock.GetTimestamp());
        try
        {
            return store = open();
        }
        catch (LockkeeperException e)
        {
            refused = e;
            throw;
        }
    }

    private sealed class ReopenedSource(ReopenedStore store, long step) : ISeriesSource
    {
        public IEnumerable<Series> Select(SeriesSelector selector, long from, long to) => store.Use(one => one.Source(step).Select(selector, from, to).ToList());
    }
}
