namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>What the grammar tells about a statement before it runs. It is the fast first answer; the server's own comes later.</summary>
public sealed record StatementFacts
{
    /// <summary>The kind of statement in PostgreSQL's words, as in its command tag: <c>CREATE INDEX</c>, <c>ALTER TABLE</c>, <c>INSERT</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Why it cannot run inside a transaction block, in plain words; null when it can.</summary>
    public string? CannotRunInTransaction { get; init; }

    /// <summary>Whether it begins or ends a transaction. Savepoints do not count.</summary>
    public bool ControlsTransaction { get; init; }

    /// <summary>Whether it leaves something in the session that outlives the transaction: settings, a role, temporary tables, prepared
    /// statements. Behind a pooler, or on a connection that is used again, that is a trap.</summary>
    public bool ChangesSession { get; init; }

    /// <summary>The table-level locks on the relations that it names, the strongest a relation.</summary>
    public IReadOnlyList<LockFact> Locks { get; init; } = [];

    /// <summary>The tables and materialized views that it surely creates, as written. Nobody else can wait for a lock on them in the same
    /// transaction, and work through their data is short. One of IF NOT EXISTS is not among them: it may have been there.</summary>
    public IReadOnlyList<string> Creates { get; init; } = [];

    /// <summary>What is lost for good, for example <c>column orders.note</c> or <c>all rows of orders</c>.</summary>
    public IReadOnlyList<string> Losses { get; init; } = [];

    /// <summary>Whether it works through a table's data while it holds its lock: the parser's opinion, which cannot know the table's size,
    /// nor whether the server finds a way around.</summary>
    public bool ScansOrRewrites { get; init; }

    /// <summary>The index of a CONCURRENTLY statement; null for every other.</summary>
    public ConcurrentIndex? ConcurrentIndex { get; init; }

    /// <summary>The partition that is detached CONCURRENTLY; null for every other statement.</summary>
    public PartitionDetach? PartitionDetach { get; init; }

    /// <summary>The database, tablespace or subscription that is made or dropped; null for every other statement.</summary>
    public SharedObject? SharedObject { get; init; }

    /// <summary>Whether another statement's facts are the same in every part. (Records compare lists by identity.)</summary>
    /// <param name="other">The other facts.</param>
    public bool SameAs(StatementFacts other) =>
        Locks.SequenceEqual(other.Locks) && Creates.SequenceEqual(other.Creates) && Losses.SequenceEqual(other.Losses)
        && this == other with { Locks = Locks, Creates = Creates, Losses = Losses };
}

/// <summary>A table-level lock.</summary>
/// <param name="Mode">PostgreSQL's name of the mode, for example <c>ACCESS EXCLUSIVE</c>.</param>
/// <param name="Relation">The relation as written, for example <c>public.orders</c>.</param>
public sealed record LockFact(string Mode, string Relation);

/// <summary>What a CONCURRENTLY statement does to its index.</summary>
public enum ConcurrentIndexAction
{
    /// <summary>CREATE INDEX CONCURRENTLY.</summary>
    Create,

    /// <summary>REINDEX … CONCURRENTLY.</summary>
    Reindex,

    /// <summary>DROP INDEX CONCURRENTLY.</summary>
    Drop,
}

/// <summary>The index of a CONCURRENTLY statement. When such a statement fails it can leave an invalid index behind.</summary>
/// <param name="Action">What is done to it.</param>
/// <param name="Schema">The schema as written: the table's for CREATE, the index's for DROP and REINDEX INDEX; null when not written.</param>
/// <param name="Table">The table as written, for CREATE and for REINDEX TABLE; null otherwise.</param>
/// <param name="Index">The index's name; null when the statement does not name it.</param>
/// <param name="IfNotExists">Whether CREATE says IF NOT EXISTS, which would pass over an invalid index of that name.</param>
public sealed record ConcurrentIndex(ConcurrentIndexAction Action, string? Schema, string? Table, string? Index, bool IfNotExists);
