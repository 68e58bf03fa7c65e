using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Diesel: <c>__diesel_schema_migrations(version, run_on)</c>, a row a version without its dashes. There are no checksums.</summary>
/// <remarks>Source: diesel's migration_harness.rs and diesel_migrations' setup, unchanged from Diesel 1 to 2.</remarks>
internal sealed class DieselHistory : IForeignHistory
{
    public string Name => "diesel";

    public IReadOnlyList<string> Formats => ["diesel"];

    public IReadOnlyList<ForeignTable> Tables => [new("__diesel_schema_migrations", new ForeignColumn("version", "character varying"), new ForeignColumn("run_on"))];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:migrate.diesel */ SELECT version, run_on AT TIME ZONE current_setting('TimeZone') FROM {table.Sql} ORDER BY version COLLATE \"C\"", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetString(0);
            var version = MigrationVersion.TryParse(id, out var parsed) ? parsed : null;
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Versioned, version, id), id, "", ForeignOutcome.Applied) { At = reader.GetFieldValue<DateTimeOffset>(1) });
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.None;

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ INSERT INTO {table.Sql} (version) VALUES ($1) ON CONFLICT DO NOTHING", entry.Migration.Version!.Text)];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE version = $1", entry.Migration.Version!.Text)];
}
