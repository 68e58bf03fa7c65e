using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Evolve: <c>changelog</c>, a row a migration and a row each time a repeatable one ran. The checksum is MD5 of the text with LF line ends, in upper-case hex.</summary>
/// <remarks>Source: PostgreSQLMetadataTable, MetadataType and MigrationScript of Evolve 3.</remarks>
internal sealed class EvolveHistory : IForeignHistory
{
    private const short Versioned = 0;
    private const short StartVersion = 3;
    private const short Repeatable = 4;

    public string Name => "evolve";

    /// <summary>Its names are Flyway's, which a folder without an option of Evolve is taken for; such a one must be named in the configuration, since their placeholders differ.</summary>
    public IReadOnlyList<string> Formats => ["evolve"];

    public IReadOnlyList<ForeignTable> Tables =>
    [
        new(
            "changelog", new ForeignColumn("id", "integer"), new ForeignColumn("type", "smallint"), new ForeignColumn("version", "character varying"), new ForeignColumn("description", "character varying"),
            new ForeignColumn("name", "character varying"), new ForeignColumn("checksum", "character varying"), new ForeignColumn("installed_by", "character varying"), new ForeignColumn("installed_on"),
            new ForeignColumn("success", "boolean")),
    ];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"/* lk:migrate.evolve */ SELECT type, version, description, name, checksum, installed_by, installed_on AT TIME ZONE current_setting('TimeZone'), success FROM {table.Sql} WHERE type IN ({Versioned}, {StartVersion}, {Repeatable}) ORDER BY id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var row = Row(reader);
            // A failed try has a row of its own before the one that went well; a repeatable migration has one each time.
            rows.RemoveAll(before => before.Key == row.Key);
            rows.Add(row);
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) =>
        row.Checksum is null ? ChecksumAnswer.None : ChecksumAnswer.Of(row.Checksum, Checksum(migration, files));

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
    [
        new(
            $"/* lk:migrate.mirror */ INSERT INTO {table.Sql} (type, version, description, name, checksum, installed_by, success) VALUES ($1, $2::varchar, $3, $4, $5, current_user, true)",
            (int)(entry.Migration.Kind == MigrationKind.Repeatable ? Repeatable : Versioned), entry.Migration.Version?.Text, entry.Migration.Name, Path.GetFileName(entry.Migration.Up.File), Checksum(entry.Migration, entry.Files)),
    ];

    public IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET checksum = $1 WHERE id = (SELECT max(id) FROM {table.Sql} WHERE type = {Versioned} AND version = $2)", Checksum(entry.Migration, entry.Files), entry.Migration.Version!.Text)];

    /// <summary>Nothing: Evolve has no way back.</summary>
    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) => [];

    private static ForeignRow Row(NpgsqlDataReader reader)
    {
        var (type, text, description, success) = (reader.GetInt16(0), reader.IsDBNull(1) ? "" : reader.GetString(1), reader.GetString(2), reader.GetBoolean(7));
        var version = type != Repeatable && MigrationVersion.TryParse(text, out var parsed) ? parsed : null;
        var key = type == Repeatable ? MigrationKey.Of(MigrationKind.Repeatable, null, $"R:{description}") : MigrationKey.Of(MigrationKind.Versioned, version, text);
        return new ForeignRow(key, version?.Text ?? description, reader.GetString(3), !success ? ForeignOutcome.Failed : type == StartVersion ? ForeignOutcome.Baseline : ForeignOutcome.Applied)
        {
            CoversOlder = type == StartVersion,
            Checksum = type == StartVersion || reader.IsDBNull(4) ? null : reader.GetString(4),
            By = reader.GetString(5),
            At = reader.GetFieldValue<DateTimeOffset>(6),
            LookAt = success ? null : $"Look what {reader.GetString(3)} left behind, finish or undo it, and delete its row.",
        };
    }

    private static string Checksum(Migration migration, SeriesFiles files)
    {
        var text = Encoding.UTF8.GetString(files.Bytes(migration.Up)).TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);
#pragma warning disable CA5351 // Evolve's own checksum; it protects nothing here.
        return Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
    }
}
