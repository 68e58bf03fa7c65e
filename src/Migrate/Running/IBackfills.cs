using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running;

/// <summary>Backfills in a target: statements that run in batches and keep a checkpoint.</summary>
internal interface IBackfills
{
    /// <summary>What the backfills of a script would do, a phrase each: table, key, how many rows. What is not there yet is not looked at.</summary>
    Task<IReadOnlyList<string>> DescribeAsync(IPreparedScript script, CancellationToken cancel);

    /// <summary>Table, key, range and rows of a script's one backfill; changes nothing.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">It cannot run.</exception>
    Task<BackfillLook> LookAsync(IPreparedScript script, CancellationToken cancel);

    /// <summary>Runs a script outside of the series, to its end or from where it stopped; the history hears nothing of it.</summary>
    Task RunAsync(PreparedMigration alone, RunStamp stamp, ITargetLease lease, IProgressSink progress, CancellationToken cancel);

    /// <summary>The backfills of a series, the newest first; none when the target has no tables of ours.</summary>
    Task<IReadOnlyList<BackfillStatus>> ReadAsync(string series, CancellationToken cancel);

    /// <summary>Asks those that run to stop after their batch; answers how many there are.</summary>
    Task<int> PauseAsync(string series, CancellationToken cancel);

    /// <summary>Forgets the checkpoints of those that do not run and are not done; answers how many there were.</summary>
    Task<int> ForgetAsync(string series, CancellationToken cancel);
}

/// <summary>What a backfill would go through.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The key's columns in words.</param>
/// <param name="Last">The last key, up to which it would go; null for an empty table.</param>
/// <param name="Rows">The rows by the catalog's estimate; null when nobody has counted.</param>
internal sealed record BackfillLook(string Table, string Key, string? Last, long? Rows);

/// <summary>How far a backfill is.</summary>
/// <param name="Id">The migration, or the name of one that runs alone.</param>
/// <param name="Statement">The statement's number in its script.</param>
/// <param name="Sql">The statement.</param>
/// <param name="Table">The table.</param>
/// <param name="Key">The key's columns.</param>
/// <param name="State">running, interrupted, paused or done.</param>
/// <param name="PauseAsked">Whether it was asked to pause.</param>
/// <param name="Scanned">Rows that were looked at.</param>
/// <param name="Rows">The rows by the catalog's estimate; null when nobody has counted.</param>
/// <param name="Changed">Rows that were changed.</param>
/// <param name="Batches">Batches so far.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="UpdatedAt">When its last batch ended.</param>
/// <param name="Run">The run.</param>
internal sealed record BackfillStatus(
    string Id, int Statement, string Sql, string Table, IReadOnlyList<string> Key, string State, bool PauseAsked, long Scanned, long? Rows, long Changed, int Batches, DateTimeOffset StartedAt, DateTimeOffset UpdatedAt, string Run);
