using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Plans;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>What is known of a script's statements as a whole, however many there are.</summary>
internal sealed class ScriptSummary
{
    /// <summary>Relations that the script itself creates: they have nobody beside them who could wait.</summary>
    private readonly HashSet<string> own = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<(LockFact Lock, bool ScansUnderIt), bool> locks = [];
    private readonly OrderedDictionary<string, bool> losses = new(StringComparer.Ordinal);
    private readonly HashSet<LockFact> concurrent = [];
    private IReadOnlyList<LockFact>? strongLocks;
    private StatementFacts? last;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether one leaves something in the session that the next migration must not see.</summary>
    public bool ChangesSession { get; private set; }

    /// <summary>Whether one takes its data from the script.</summary>
    public bool HasInlineData { get; private set; }

    /// <summary>The first one that begins or ends a transaction.</summary>
    public PreparedStatement? FirstControl { get; private set; }

    /// <summary>The first one that cannot run in a transaction.</summary>
    public PreparedStatement? FirstBare { get; private set; }

    /// <summary>How many cannot.</summary>
    public int BareCount { get; private set; }

    /// <summary>The locks on relations that were there before which keep readers or writers waiting.</summary>
    public IReadOnlyList<LockFact> StrongLocks => strongLocks ??= [.. locks.Keys.Select(taken => taken.Lock).Where(taken => !own.Contains(taken.Relation) && IsStrong(taken)).Distinct()];

    /// <summary>Whether a statement waits for every snapshot that is older than itself: index builds and rebuilds with CONCURRENTLY.</summary>
    public bool WaitsForSnapshots { get; private set; }

    /// <summary>The locks of its CONCURRENTLY statements, which keep only changes of the schema waiting and wait for all who write.</summary>
    public IReadOnlyCollection<LockFact> ConcurrentLocks => concurrent;

    /// <summary>The relations that it surely creates, as written.</summary>
    public IReadOnlyCollection<string> Creates => own;

    /// <summary>The first one that runs in batches.</summary>
    public PreparedStatement? FirstBackfill { get; private set; }

    /// <summary>Sums statements up.</summary>
    public static ScriptSummary Of(IEnumerable<PreparedStatement> statements)
    {
        var summary = new ScriptSummary();
        foreach (var statement in statements)
            summary.Add(statement);
        return summary;
    }

    /// <summary>The parser's opinion of what they cost.</summary>
    public Impact Impact()
    {
        var taken = locks.Keys.Where(taken => !own.Contains(taken.Lock.Relation)).ToList();
        var scansUnderLock = taken.Any(taken => taken.ScansUnderIt);
        var strong = taken.Any(taken => IsStrong(taken.Lock));
        return new Impact(
            losses.Count > 0 || scansUnderLock ? Risk.High : strong ? Risk.Medium : Risk.Low,
            [.. taken.Select(taken => $"{taken.Lock.Mode} on {taken.Lock.Relation}").Distinct()], [.. losses.Keys]);
    }

    private static bool IsStrong(LockFact taken) => taken.Mode is "ACCESS EXCLUSIVE" or "EXCLUSIVE" or "SHARE ROW EXCLUSIVE" or "SHARE";

    private void Add(PreparedStatement statement)
    {
        Count++;
        HasInlineData |= statement.Sql.CopyData is not null;
        if (statement.Backfill is not null)
            FirstBackfill ??= statement;
        var facts = statement.Facts;
        if (facts.ControlsTransaction)
            FirstControl ??= statement;
        if (facts.CannotRunInTransaction is not null)
        {
            FirstBare ??= statement;
            BareCount++;
        }

        // A million INSERTs into one table say the same.
        if (ReferenceEquals(facts, last))
            return;
        last = facts;
        ChangesSession |= facts.ChangesSession;
        own.UnionWith(facts.Creates);
        if (facts.ConcurrentIndex is { } index)
        {
            WaitsForSnapshots |= index.Action != ConcurrentIndexAction.Drop;
            // A build waits for those who write, as SHARE would.
            concurrent.UnionWith(facts.Locks.Select(taken => taken with { Mode = "SHARE" }));
        }

        foreach (var taken in facts.Locks)
            locks.TryAdd((taken, facts is { ScansOrRewrites: true, ConcurrentIndex: null }), true);
        foreach (var loss in facts.Losses)
            losses.TryAdd(loss, true);
    }
}
