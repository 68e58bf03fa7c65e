using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>grate and RoundhousE: <c>ScriptsRun</c>, a row each time that a script ran, known by its path below its folder. The hash is MD5 of the text with doubled quotes and LF line ends, in Base64.</summary>
/// <remarks>
/// Source: GrateDatabase.InsertScriptRun and HashGenerator of grate 1.8, which quotes the names of its tables; RoundhousE's PostgreSQL tables have theirs in lower case. Failed scripts stand in a table of
/// their own, outside of their transaction.
/// </remarks>
internal sealed class GrateHistory : IForeignHistory
{
    public string Name => "grate";

    public IReadOnlyList<string> Formats => ["grate"];

    public IReadOnlyList<ForeignTable> Tables => [Layout("ScriptsRun", "grate"), Layout("scriptsrun", "roundhouse")];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"/* lk:migrate.grate */ SELECT script_name, one_time_script, text_hash, entry_date AT TIME ZONE 'UTC', entered_by FROM {table.Sql} WHERE script_name IS NOT NULL ORDER BY id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var name = reader.GetString(0).Replace('\\', '/');
            // The last run of a script counts.
            rows.RemoveAll(before => before.Id == name);
            rows.Add(new ForeignRow(MigrationKey.Of(!reader.IsDBNull(1) && reader.GetBoolean(1) ? MigrationKind.Planned : MigrationKind.Repeatable, null, name), name, name, ForeignOutcome.Applied)
            {
                Checksum = reader.IsDBNull(2) ? null : reader.GetString(2),
                At = reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                By = reader.IsDBNull(4) ? "" : reader.GetString(4),
            });
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) =>
        row.Checksum is null ? ChecksumAnswer.None
        : migration.RunAlways ? new ChecksumAnswer(ChecksumVerdict.Same, "it runs each time")
        : ChecksumAnswer.Of(row.Checksum, Checksum(migration, files));

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) =>
    [
        new(
            $"""
            /* lk:migrate.mirror */
            INSERT INTO {table.Sql} (version_id, script_name, text_of_script, text_hash, one_time_script, entry_date, modified_date, entered_by)
            SELECT (SELECT max(id) FROM {table.Beside(table.Name == "ScriptsRun" ? "Version" : "version")}), $1, $2, $3, $4, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', left(current_user, 50)
            """,
            entry.Migration.RecordedAs, entry.Files.Replaced(entry.Migration.Up), Checksum(entry.Migration, entry.Files), entry.Migration.Kind == MigrationKind.Planned),
    ];

    /// <summary>Nothing: grate has no way back.</summary>
    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) => [];

    public IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET text_hash = $1 WHERE id = (SELECT max(id) FROM {table.Sql} WHERE script_name = $2)", Checksum(entry.Migration, entry.Files), entry.Migration.RecordedAs)];

    private static ForeignTable Layout(string name, string schema) => new(
        name, new ForeignColumn("id", "bigint", "integer"), new ForeignColumn("version_id", "bigint", "integer"), new ForeignColumn("script_name", "character varying"), new ForeignColumn("text_of_script", "text"),
        new ForeignColumn("text_hash", "character varying"), new ForeignColumn("one_time_script", "boolean"), new ForeignColumn("entry_date"), new ForeignColumn("entered_by", "character varying")) { OwnSchema = schema };

    private static string Checksum(Migration migration, SeriesFiles files)
    {
        var text = files.Replaced(migration.Up).Replace("'", "''", StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
#pragma warning disable CA5351 // grate's own checksum; it protects nothing here.
        return Convert.ToBase64String(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
    }
}
