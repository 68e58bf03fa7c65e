namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>Whose backfill it is.</summary>
/// <param name="Series">The series.</param>
/// <param name="Id">The migration, or the name of a backfill that runs alone.</param>
/// <param name="Undo">Whether it stands in the down script.</param>
/// <param name="Statement">The statement's index in its script.</param>
internal sealed record BackfillPlace(string Series, string Id, bool Undo, int Statement);

/// <summary>How far a backfill is.</summary>
internal enum BackfillState
{
    /// <summary>It runs, or the run that did has died.</summary>
    Running,

    /// <summary>It was paused, and goes on when somebody says so.</summary>
    Paused,

    /// <summary>All of its rows are done.</summary>
    Done,
}

/// <summary>The checkpoint of a backfill, a row of the target that is committed with each batch.</summary>
internal sealed record BackfillRow
{
    public required BackfillPlace Place { get; init; }

    /// <summary>The statement.</summary>
    public required string Sql { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>The table, with its schema.</summary>
    public required string Table { get; init; }

    /// <summary>The names of the key's columns.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>The last key that is done; null before the first batch.</summary>
    public IReadOnlyList<string>? Last { get; init; }

    /// <summary>The table's last key when the backfill began, up to which it goes; null for an empty table.</summary>
    public IReadOnlyList<string>? End { get; init; }

    /// <summary>How many rows there were by the catalog's estimate; null when nobody has counted.</summary>
    public long? Rows { get; init; }

    /// <summary>How often the table has been gone through, this time included.</summary>
    public int Pass { get; init; } = 1;

    /// <summary>Rows that were looked at in this pass.</summary>
    public long Scanned { get; init; }

    /// <summary>Rows that were changed, in all passes.</summary>
    public long Changed { get; init; }

    public int Batches { get; init; }

    public BackfillState State { get; init; }

    public bool PauseAsked { get; init; }

    public string Run { get; init; } = "";

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Whether the work of all ranges is done and only what is left is to be counted.</summary>
    public bool IsAtEnd => End is null || (Last is not null && Last.SequenceEqual(End));
}
