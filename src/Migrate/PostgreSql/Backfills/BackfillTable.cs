namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>The table of a backfill as the target's catalog has it.</summary>
/// <param name="Name">Its name in SQL with its schema; ONLY before it where the statement says so.</param>
/// <param name="Kind">Its kind, as in pg_class.relkind.</param>
/// <param name="Rows">How many rows it has by the catalog's estimate; null when nobody has counted.</param>
/// <param name="Key">The key that batches go along.</param>
internal sealed record BackfillTable(string Name, char Kind, long? Rows, BackfillKey Key);
