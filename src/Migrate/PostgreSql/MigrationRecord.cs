using Lockkeeper.Migrate.PostgreSql.Adoption;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>What is committed with a migration, whichever way it runs: its row of the history, and what the table of an adopted tool has to hear.</summary>
internal static class MigrationRecord
{
    /// <summary>The commands.</summary>
    /// <param name="migration">The migration.</param>
    /// <param name="undo">Whether it was undone.</param>
    /// <param name="stamp">The run.</param>
    /// <param name="before">What it took before the transaction of this record; null for nothing.</param>
    public static IReadOnlyList<NpgsqlBatchCommand> Of(PreparedMigration migration, bool undo, RunStamp stamp, TimeSpan? before) =>
    [
        undo ? HistoryQueries.RecordUndone(migration.Migration, stamp, before) : HistoryQueries.RecordApplied(migration.Migration, stamp, before),
        .. AdoptedTable.Statements(migration.Mirror, undo).Select(statement => statement.ToCommand()),
    ];
}
