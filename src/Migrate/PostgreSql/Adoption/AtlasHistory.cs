using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Formats;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Atlas: <c>atlas_schema_revisions</c>, a row a version with the hash that <c>atlas.sum</c> has for its file, and how many of its statements ran.</summary>
/// <remarks>Source: cmd/atlas/internal/migrate/ent/schema/revision.go. A URL with a search_path has the table in that schema, any other in one of its own. Of the type the bits are 1 baseline, 2 executed, 4 resolved by hand.</remarks>
internal sealed class AtlasHistory : IForeignHistory
{
    private const string TableName = "atlas_schema_revisions";

    public string Name => "atlas";

    public IReadOnlyList<string> Formats => ["atlas"];

    public IReadOnlyList<ForeignTable> Tables => [Layout() with { OwnSchema = TableName }, Layout()];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        // Names with a dot in front are Atlas' own notes.
        await using var command = new NpgsqlCommand(
            $"/* lk:migrate.atlas */ SELECT version, type, applied, total, coalesce(error, ''), hash, executed_at FROM {table.Sql} WHERE version NOT LIKE '.%' ORDER BY version COLLATE \"C\"", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetString(0);
            var version = MigrationVersion.TryParse(id, out var parsed) ? parsed : null;
            var (type, isHalf) = (reader.GetInt64(1), reader.GetInt64(2) < reader.GetInt64(3) || reader.GetString(4).Length > 0);
            var isBaseline = (type & 3) == 1;
            var failed = isHalf && (type & 4) == 0;
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Versioned, version, id), id, "", failed ? ForeignOutcome.Failed : isBaseline ? ForeignOutcome.Baseline : ForeignOutcome.Applied)
            {
                CoversOlder = isBaseline,
                Checksum = isBaseline ? null : reader.GetString(5),
                At = reader.GetFieldValue<DateTimeOffset>(6),
                LookAt = failed ? $"Look what version {id} left behind, finish or undo it, and say so with 'atlas migrate set {id}'." : null,
            });
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) =>
        row.Checksum is { Length: > 0 } recorded && Checksum(migration, files) is { } now ? ChecksumAnswer.Of(recorded, now) : ChecksumAnswer.None;

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry)
    {
        var script = entry.Migration.Up;
        var file = Path.GetFileNameWithoutExtension(script.File);
        var statements = (long)SqlSplitter.Split(entry.Files.Replaced(script), script.File, script.FirstLine).Count;
        return
        [
            new(
                $"""
                /* lk:migrate.mirror */
                INSERT INTO {table.Sql} (version, description, type, applied, total, executed_at, execution_time, error, error_stmt, hash, operator_version)
                VALUES ($1, $2, 2, $3, $3, transaction_timestamp(), (extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000000000)::bigint, '', '', $4, 'Lockkeeper')
                ON CONFLICT DO NOTHING
                """,
                entry.Migration.Version!.Text, file.Contains('_', StringComparison.Ordinal) ? file[(file.IndexOf('_', StringComparison.Ordinal) + 1)..] : "", statements, Checksum(entry.Migration, entry.Files) ?? ""),
        ];
    }

    /// <summary>Each hash covers the files before it too, so those behind an edited file are others as well.</summary>
    public IReadOnlyList<ForeignStatement> Repaired(QualifiedTable table, ForeignEntry entry) =>
        entry.Files.Beside(entry.Migration.Up, AtlasSum.FileName) is not { } sum ? [] :
        [.. AtlasSum.Lines(sum).Select(line => new ForeignStatement($"/* lk:migrate.mirror */ UPDATE {table.Sql} SET hash = $1 WHERE version = $2 AND hash <> ''", line.Hash, Path.GetFileNameWithoutExtension(line.File).Split('_')[0]))];

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) =>
        [new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE version = $1", entry.Migration.Version!.Text)];

    private static ForeignTable Layout() => new(
        TableName, new ForeignColumn("version", "character varying"), new ForeignColumn("description", "character varying"), new ForeignColumn("type", "bigint"), new ForeignColumn("applied", "bigint"),
        new ForeignColumn("total", "bigint"), new ForeignColumn("executed_at"), new ForeignColumn("execution_time", "bigint"), new ForeignColumn("error", "text"), new ForeignColumn("error_stmt", "text"),
        new ForeignColumn("hash", "character varying"), new ForeignColumn("operator_version", "character varying"));

    private static string? Checksum(Migration migration, SeriesFiles files) =>
        files.Beside(migration.Up, AtlasSum.FileName) is { } sum ? AtlasSum.Lines(sum).FirstOrDefault(line => line.File == Path.GetFileName(migration.Up.File)).Hash : null;
}
