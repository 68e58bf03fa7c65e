using System.Globalization;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>goose: <c>goose_db_version(id, version_id, is_applied, tstamp)</c>, a row a version and one for version 0. There are no checksums.</summary>
/// <remarks>
/// Source: internal/dialect/dialectquery/postgres.go of goose 3. Going down deletes the row; goose before 2.7 wrote a second one with <c>is_applied</c> false, so the
/// last row of a version counts.
/// </remarks>
internal sealed class GooseHistory : IForeignHistory
{
    public string Name => "goose";

    public IReadOnlyList<string> Formats => ["goose"];

    public IReadOnlyList<ForeignTable> Tables =>
        [new("goose_db_version", new ForeignColumn("id", "integer", "bigint"), new ForeignColumn("version_id", "bigint"), new ForeignColumn("is_applied", "boolean"), new ForeignColumn("tstamp"))];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"/* lk:migrate.goose */ SELECT version_id, is_applied, tstamp AT TIME ZONE current_setting('TimeZone') FROM {table.Sql} WHERE version_id > 0 ORDER BY id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetInt64(0).ToString(CultureInfo.InvariantCulture);
            var version = MigrationVersion.TryParse(id, out var parsed) ? parsed : null;
            var row = new ForeignRow(MigrationKey.Of(MigrationKind.Versioned, version, id), id, "", ForeignOutcome.Applied)
            {
                At = await reader.IsDBNullAsync(2, cancel) ? null : reader.GetFieldValue<DateTimeOffset>(2),
            };
            rows.RemoveAll(before => before.Key == row.Key);
            if (reader.GetBoolean(1))
                rows.Add(row);
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.None;

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ INSERT INTO {table.Sql} (version_id, is_applied) VALUES ($1, true)", Number(entry.Migration))];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE version_id = $1", Number(entry.Migration))];

    /// <summary>The file's number, which goose reads as a signed 64-bit one.</summary>
    private static long Number(Migration migration) => long.Parse(migration.Version!.Text, NumberStyles.None, CultureInfo.InvariantCulture);
}
