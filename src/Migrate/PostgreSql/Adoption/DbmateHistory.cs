using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>dbmate: <c>schema_migrations(version varchar)</c>, a row a version. There are no checksums.</summary>
/// <remarks>Source: pkg/driver/postgres/postgres.go of dbmate 2.36: InsertMigration and DeleteMigration.</remarks>
internal sealed class DbmateHistory : IForeignHistory
{
    public string Name => "dbmate";

    public IReadOnlyList<string> Formats => ["dbmate"];

    public IReadOnlyList<ForeignTable> Tables => [new("schema_migrations", new ForeignColumn("version", "character varying")) { NoOtherColumns = true }];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        // dbmate applies in the order of the names and keeps no other; "C" compares bytes as it does.
        await using var command = new NpgsqlCommand($"/* lk:migrate.dbmate */ SELECT version FROM {table.Sql} ORDER BY version COLLATE \"C\"", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetString(0);
            var version = MigrationVersion.TryParse(id, out var parsed) ? parsed : null;
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Versioned, version, id), id, "", ForeignOutcome.Applied));
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.None;

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ INSERT INTO {table.Sql} (version) VALUES ($1) ON CONFLICT DO NOTHING", entry.Migration.Version!.Text)];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE version = $1", entry.Migration.Version!.Text)];
}
