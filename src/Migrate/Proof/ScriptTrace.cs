using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Proof;

/// <summary>What a script did on the shadow.</summary>
/// <param name="InTransaction">Whether all of it ran in one transaction.</param>
/// <param name="Statements">What each statement did; those after one that failed are missing.</param>
/// <param name="Error">Why it did not reach its end; null when it did.</param>
internal sealed record ScriptTrace(bool InTransaction, IReadOnlyList<StatementTrace> Statements, LockkeeperException? Error)
{
    /// <summary>Whether what failed was a condition on data (a null, a duplicate, a check), which rows that were made up cannot decide.</summary>
    public bool FailedOnData { get; init; }
}

/// <summary>What one statement, or a run of statements of the same kind, did.</summary>
/// <param name="Number">The first one's number in its script, from 1.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Command">The server's words for its kind, for example <c>ALTER TABLE</c>.</param>
/// <param name="Sql">The first one's text.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Milliseconds">How long it took on the shadow, where tables are all but empty.</param>
internal sealed record StatementTrace(int Number, int Count, string Command, string Sql, SourcePosition At, double Milliseconds)
{
    /// <summary>The locks that it took, or waited for, on relations that were there before the migration; only those that no earlier statement of the transaction had.</summary>
    public IReadOnlyList<HeldLock> Locks { get; init; } = [];

    /// <summary>The relations from before that it wrote anew.</summary>
    public IReadOnlyList<string> Rewrites { get; init; } = [];

    /// <summary>The relations from before that it read from end to end.</summary>
    public IReadOnlyList<string> Scans { get; init; } = [];

    /// <summary>The indexes that it built on relations from before.</summary>
    public IReadOnlyList<BuiltIndex> Indexes { get; init; } = [];

    /// <summary>The constraints on relations from before that it made or checked, as <c>name on table</c>, and whether they hold for the rows that are there.</summary>
    public IReadOnlyList<CheckedConstraint> Constraints { get; init; } = [];

    /// <summary>Whether a real run takes it in batches; here it ran as one statement.</summary>
    public bool IsBackfill { get; init; }

    /// <summary>The trigger functions that ran, with how often.</summary>
    public IReadOnlyList<string> Triggers { get; init; } = [];
}

/// <summary>A lock on a relation that was there before.</summary>
/// <param name="Relation">The relation; its schema is left out where that is <c>public</c>.</param>
/// <param name="Mode">The engine's name of the mode.</param>
/// <param name="Blocks">What others cannot do meanwhile.</param>
internal sealed record HeldLock(string Relation, string Mode, Blocked Blocks);

/// <summary>What a lock keeps others from.</summary>
[Flags]
internal enum Blocked
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>Changes of the schema, and maintenance such as VACUUM.</summary>
    SchemaChanges = 1,

    /// <summary>Writing rows.</summary>
    Writes = 2,

    /// <summary>Reading rows.</summary>
    Reads = 4,
}

/// <summary>An index that was built.</summary>
internal sealed record BuiltIndex(string Name, string Table, bool IsValid);

/// <summary>A constraint that was made or checked.</summary>
internal sealed record CheckedConstraint(string Name, string Table, bool IsValidated);
