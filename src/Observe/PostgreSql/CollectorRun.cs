using Lockkeeper.Kernel.Errors;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>What a collector has given last.</summary>
/// <param name="Samples">The values.</param>
/// <param name="Missing">What it could not read.</param>
/// <param name="Reason">Why it gave nothing; null when it did.</param>
/// <param name="EndedAt">When.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record CollectorOutcome(SampleSet Samples, IReadOnlyList<(MetricDescription Metric, string Reason)> Missing, string? Reason, long EndedAt, TimeSpan Duration);

/// <summary>A collector of a server or database through its life: when it is due, how dear it was, how often it failed.</summary>
internal sealed class CollectorRun(ICollector collector, string database, TimeProvider clock)
{
    /// <summary>The most that a collector may cost: its statements run for this share of the time. After one that took 2 s it rests for 40 s.</summary>
    private const double MostOfTheTime = 0.05;

    /// <summary>Below this nobody notices, and what is cheap is read at each scrape.</summary>
    private static readonly TimeSpan Cheap = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private CollectorOutcome? last;
    private long dueAt = long.MinValue;
    private int failures;

    public ICollector Collector => collector;

    /// <summary>The database it asks; empty for the server.</summary>
    public string Database => database;

    /// <summary>What it gave last; null before the first time. Set as a whole, so that a scrape that ends at its deadline may look while this goes on.</summary>
    public CollectorOutcome? Last => Volatile.Read(ref last);

    /// <summary>Whether it rests because it was dear or has failed.</summary>
    public bool IsHeldBack { get; private set; }

    /// <summary>How often it has failed, from the start.</summary>
    public long Failures { get; private set; }

    public bool IsDue => clock.GetTimestamp() >= dueAt;

    /// <summary>How old its values are.</summary>
    public TimeSpan Age => Last is { } outcome ? clock.GetElapsedTime(outcome.EndedAt) : TimeSpan.Zero;

    /// <summary>Runs it. Fails only when the connection is lost or the scrape is over.</summary>
    public async Task RunAsync(DatabaseSession session, Capabilities can, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        var call = new CollectorCall(session, can, new SampleSet(Last?.Samples), clock) { Before = Last?.Samples };
        try
        {
            await session.WithinLimitsAsync(async () => { await collector.CollectAsync(call, cancel); return 0; }, cancel);
            Done(call, null, started);
        }
        catch (OperationCanceledException)
        {
            Done(call, Unavailable.Deadline, started);
            throw;
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            var error = ServerErrors.Translate(e, session.Connection.Host ?? "");
            Done(call, Unavailable.Of(error), started);
            if (ServerErrors.IsConnectionLost(e) || !session.IsOpen)
                throw error;
        }
        catch (LockkeeperException e)
        {
            Done(call, Unavailable.Of(e), started);
        }
    }

    private void Done(CollectorCall call, string? reason, long started)
    {
        var took = clock.GetElapsedTime(started);
        failures = reason is null ? 0 : failures + 1;
        Failures += reason is null ? 0 : 1;
        // What was read before the failure is not given out: half of a topic looks like all of it.
        Volatile.Write(ref last, new CollectorOutcome(reason is null ? call.Samples : new SampleSet(), [.. call.Missing], reason, clock.GetTimestamp(), took));
        var rest = took <= Cheap ? TimeSpan.Zero : took / MostOfTheTime;
        // A lock that is held now may be free at the next scrape, and asking again costs its time limit at most.
        var pause = reason is null or Unavailable.Locked ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, ShortestPause.Ticks << Math.Min(failures - 1, 6)));
        rest = rest > pause ? rest : pause;
        IsHeldBack = rest > collector.Interval;
        rest = rest > collector.Interval ? rest : collector.Interval;
        dueAt = clock.GetTimestamp() + (long)(rest.TotalSeconds * clock.TimestampFrequency);
    }
}
