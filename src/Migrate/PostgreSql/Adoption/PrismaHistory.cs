using System.Security.Cryptography;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Prisma: <c>_prisma_migrations</c>, a row a try; what was rolled back stays as a row. The checksum is SHA-256 of the file's bytes.</summary>
/// <remarks>Source: sql_migration_persistence.rs of prisma-engines. A row without <c>finished_at</c> is a migration that failed or still runs.</remarks>
internal sealed class PrismaHistory : IForeignHistory
{
    public string Name => "prisma";

    public IReadOnlyList<string> Formats => ["prisma"];

    public IReadOnlyList<ForeignTable> Tables =>
    [
        new(
            "_prisma_migrations", new ForeignColumn("id", "character varying"), new ForeignColumn("checksum", "character varying"), new ForeignColumn("finished_at"), new ForeignColumn("migration_name", "character varying"),
            new ForeignColumn("rolled_back_at"), new ForeignColumn("started_at"), new ForeignColumn("applied_steps_count", "integer")),
    ];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:migrate.prisma */ SELECT migration_name, checksum, finished_at FROM {table.Sql} WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name COLLATE \"C\"", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetString(0);
            var isDone = !await reader.IsDBNullAsync(2, cancel);
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Planned, null, id), id, $"{id}/migration.sql", isDone ? ForeignOutcome.Applied : ForeignOutcome.Failed)
            {
                Checksum = reader.GetString(1),
                At = isDone ? reader.GetFieldValue<DateTimeOffset>(2) : null,
                LookAt = isDone ? null : $"Look what {id} left behind, finish or undo it, and say so with 'prisma migrate resolve'.",
            });
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.Of(row.Checksum!, Checksum(migration, files));

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
    [
        new(
            $"""
            /* lk:migrate.mirror */
            INSERT INTO {table.Sql} (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
            SELECT md5(random()::text || clock_timestamp()::text)::uuid::text, $1, clock_timestamp(), $2, transaction_timestamp(), 1
            WHERE NOT EXISTS (SELECT FROM {table.Sql} WHERE migration_name = $2 AND finished_at IS NOT NULL AND rolled_back_at IS NULL)
            """,
            Checksum(entry.Migration, entry.Files), entry.Migration.Id),
    ];

    public IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET checksum = $1 WHERE migration_name = $2 AND rolled_back_at IS NULL", Checksum(entry.Migration, entry.Files), entry.Migration.Id)];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET rolled_back_at = clock_timestamp() WHERE migration_name = $1 AND rolled_back_at IS NULL", entry.Migration.Id)];

    private static string Checksum(Migration migration, SeriesFiles files) => Convert.ToHexStringLower(SHA256.HashData(files.Bytes(migration.Up)));
}
