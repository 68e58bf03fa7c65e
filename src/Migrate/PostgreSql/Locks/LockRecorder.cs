using Lockkeeper.Migrate.PostgreSql.Proof;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>Gathers what was seen of one migration's locks, over all its tries, in bounded room.</summary>
internal sealed class LockRecorder
{
    private const int MostRelations = 50;
    private const int MostMissed = 20;

    private readonly Dictionary<string, Span> held = new(StringComparer.Ordinal);
    private readonly List<MissedTry> missed = [];
    private readonly List<string> terminated = [];
    private TimeSpan last;
    private int samples;
    private int mostWaiting;
    private TimeSpan longestWait;
    private IReadOnlyList<string> waiting = [];

    /// <summary>Who was in the way when somebody was seen there last, in words.</summary>
    public IReadOnlyList<string> Blockers { get; private set; } = [];

    /// <summary>What the migration's backend ran at the last look: a statement that was cancelled from here is not named by the driver.</summary>
    public string? Running { get; private set; }

    /// <summary>Why nobody watches; null when somebody does or nothing took long enough.</summary>
    public string? NotWatched { get; set; }

    /// <summary>Begins a try: what the one before it held, it has given back.</summary>
    public void BeginTry()
    {
        held.Clear();
        last = TimeSpan.Zero;
    }

    /// <summary>Adds a look.</summary>
    /// <param name="sample">What was seen.</param>
    /// <param name="at">When, counted from the start of the try.</param>
    public void Add(LockSample sample, TimeSpan at)
    {
        samples++;
        Running = sample.Query;
        // What an earlier look saw is better than nothing: the last one can come when the lock was just had.
        if (sample.Blockers.Count > 0)
            Blockers = [.. sample.Blockers.Select(blocker => blocker.Words(sample.Wanted ?? "what it wants"))];
        if (sample.Stalled.Count > 0)
        {
            if (sample.Waiting >= mostWaiting)
                (mostWaiting, waiting) = (sample.Waiting, [.. sample.Stalled.Select(session => session.Words)]);
            if (sample.Stalled[0].Waited > longestWait)
                longestWait = sample.Stalled[0].Waited;
        }

        foreach (var (relation, mode) in sample.Held)
        {
            if (!held.TryGetValue(relation, out var span))
            {
                if (held.Count >= MostRelations)
                    continue;
                held[relation] = span = new Span { From = at };
            }
            else if (span.Last == last)
            {
                span.For += at - last;
            }

            span.Strength = Math.Max(span.Strength, LockTable.Strength(mode));
            span.Last = at;
        }

        last = at;
    }

    /// <summary>The try was one transaction and has ended now: what it had at the last look it had to its end.</summary>
    public void EndTransaction(TimeSpan at)
    {
        foreach (var span in held.Values.Where(span => span.Last == last))
            span.For += at - last;
    }

    /// <summary>The transaction took this long, and nothing was held longer.</summary>
    public void HeldAtMost(TimeSpan transaction)
    {
        foreach (var span in held.Values.Where(span => span.For < transaction))
            (span.For, span.AtMost) = (transaction, true);
    }

    /// <summary>Adds what a transaction of one try held just before its end, whether a look came in between or not.</summary>
    public void AddEnd(LocksAtEnd end)
    {
        foreach (var (relation, mode) in end.Locks)
        {
            if (held.TryGetValue(relation, out var span))
                span.Strength = Math.Max(span.Strength, LockTable.Strength(mode));
            else if (held.Count < MostRelations)
                held[relation] = new Span { For = end.Open > last ? end.Open - last : TimeSpan.Zero, From = last, Last = last - TimeSpan.FromTicks(1), Strength = LockTable.Strength(mode), AtMost = true };
        }
    }

    /// <summary>A try that missed its locks or gave them up.</summary>
    public void Miss(int attempt, string why)
    {
        if (missed.Count == MostMissed)
            missed.RemoveAt(0);
        missed.Add(new MissedTry(attempt, why, Blockers));
    }

    /// <summary>A session that was ended.</summary>
    public void Terminated(string words)
    {
        if (terminated.Count < MostMissed)
            terminated.Add(words);
    }

    /// <summary>All of it.</summary>
    public LockRecord Record() => new()
    {
        Held =
        [
            .. held.Where(pair => pair.Value.Strength > 0).OrderByDescending(pair => pair.Value.Strength).ThenByDescending(pair => pair.Value.For)
                .Select(pair => new RecordedLock(pair.Key, LockTable.Lock(pair.Key, pair.Value.Strength).Mode, pair.Value.From, pair.Value.For, pair.Value.AtMost)),
        ],
        Samples = samples, MostWaiting = mostWaiting, LongestWait = longestWait, Waiting = waiting, Missed = [.. missed], Terminated = [.. terminated], NotWatched = NotWatched,
    };

    private sealed class Span
    {
        public int Strength { get; set; }

        public TimeSpan From { get; init; }

        public TimeSpan Last { get; set; }

        public TimeSpan For { get; set; }

        public bool AtMost { get; set; }
    }
}
