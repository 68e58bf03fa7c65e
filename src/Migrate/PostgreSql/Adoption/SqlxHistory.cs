using System.Globalization;
using System.Security.Cryptography;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>sqlx: <c>_sqlx_migrations</c>, a row a version. The checksum is SHA-384 of the file's bytes; a migration without a transaction that failed has a row that says so.</summary>
/// <remarks>Source: sqlx-postgres/src/migrate.rs of sqlx 0.8; execution_time is in nanoseconds.</remarks>
internal sealed class SqlxHistory : IForeignHistory
{
    public string Name => "sqlx";

    /// <summary>Its names are those of two more formats, which a folder without a sign of sqlx is taken for.</summary>
    public IReadOnlyList<string> Formats => ["sqlx", "plain", "lockkeeper"];

    public IReadOnlyList<ForeignTable> Tables =>
    [
        new(
            "_sqlx_migrations", new ForeignColumn("version", "bigint"), new ForeignColumn("description", "text"), new ForeignColumn("installed_on"), new ForeignColumn("success", "boolean"),
            new ForeignColumn("checksum", "bytea"), new ForeignColumn("execution_time", "bigint")),
    ];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:migrate.sqlx */ SELECT version, success, encode(checksum, 'hex'), installed_on FROM {table.Sql} ORDER BY version", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetInt64(0).ToString(CultureInfo.InvariantCulture);
            var version = MigrationVersion.TryParse(id, out var parsed) ? parsed : null;
            var success = reader.GetBoolean(1);
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Versioned, version, id), id, "", success ? ForeignOutcome.Applied : ForeignOutcome.Failed)
            {
                Checksum = reader.GetString(2),
                At = reader.GetFieldValue<DateTimeOffset>(3),
                LookAt = success ? null : $"Look what version {id} left behind, finish or undo it, and set success of its row or delete the row.",
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
            INSERT INTO {table.Sql} (version, description, success, checksum, execution_time)
            VALUES ($1, $2, true, decode($3, 'hex'), (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000000000)::bigint)
            ON CONFLICT DO NOTHING
            """,
            Number(entry.Migration), entry.Migration.Name, Checksum(entry.Migration, entry.Files)),
    ];

    public IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET checksum = decode($1, 'hex') WHERE version = $2", Checksum(entry.Migration, entry.Files), Number(entry.Migration))];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE version = $1", Number(entry.Migration))];

    private static string Checksum(Migration migration, SeriesFiles files) => Convert.ToHexStringLower(SHA384.HashData(files.Bytes(migration.Up)));

    /// <summary>The file's number, which sqlx reads as a signed 64-bit one.</summary>
    private static long Number(Migration migration) => long.Parse(migration.Version!.Text, NumberStyles.None, CultureInfo.InvariantCulture);
}
