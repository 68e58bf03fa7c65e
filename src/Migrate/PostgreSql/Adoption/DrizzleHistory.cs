using System.Globalization;
using System.Security.Cryptography;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Drizzle: <c>drizzle.__drizzle_migrations(id, hash, created_at)</c>, a row a migration, known by the time that the journal has for it. The hash is SHA-256 of the file.</summary>
/// <remarks>Source: migrator.js and pg-core/dialect.js of drizzle-orm 0.45, which applies what is younger than the youngest row and never looks at a hash again.</remarks>
internal sealed class DrizzleHistory : IForeignHistory
{
    public string Name => "drizzle";

    public IReadOnlyList<string> Formats => ["drizzle"];

    public IReadOnlyList<ForeignTable> Tables => [Layout() with { OwnSchema = "drizzle" }, Layout()];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:migrate.drizzle */ SELECT created_at, hash FROM {table.Sql} WHERE created_at IS NOT NULL ORDER BY id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetInt64(0).ToString(CultureInfo.InvariantCulture);
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Planned, null, id), id, "", ForeignOutcome.Applied) { Checksum = reader.GetString(1) });
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.Of(row.Checksum!, Checksum(migration, files));

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) => When(entry) is not { } when ? [] :
        [new($"/* lk:migrate.mirror */ INSERT INTO {table.Sql} (hash, created_at) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM {table.Sql} WHERE created_at = $2)", Checksum(entry.Migration, entry.Files), when)];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) =>
        When(entry) is not { } when ? [] : [new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE created_at = $1", when)];

    public IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) =>
        When(entry) is not { } when ? [] : [new($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET hash = $1 WHERE created_at = $2", Checksum(entry.Migration, entry.Files), when)];

    private static ForeignTable Layout() =>
        new("__drizzle_migrations", new ForeignColumn("id", "integer"), new ForeignColumn("hash", "text"), new ForeignColumn("created_at", "bigint")) { NoOtherColumns = true };

    private static string Checksum(Migration migration, SeriesFiles files) => Convert.ToHexStringLower(SHA256.HashData(files.Bytes(migration.Up)));

    private static long? When(ForeignEntry entry) => entry.Migration.RecordedAs is { } when ? long.Parse(when, CultureInfo.InvariantCulture) : null;
}
