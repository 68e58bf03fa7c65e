using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Supabase: <c>supabase_migrations.schema_migrations(version, statements, name)</c>, a row a version with what was run. There are no checksums.</summary>
/// <remarks>Source: pkg/migration/history.go of Supabase's CLI 2. The statements are for people to read; it compares versions only.</remarks>
internal sealed class SupabaseHistory : IForeignHistory
{
    public string Name => "supabase";

    /// <summary>A folder that is not called supabase/migrations is taken for numbered files.</summary>
    public IReadOnlyList<string> Formats => ["supabase", "plain"];

    public IReadOnlyList<ForeignTable> Tables =>
        [new("schema_migrations", new ForeignColumn("version", "text"), new ForeignColumn("statements", "text[]"), new ForeignColumn("name", "text")) { OwnSchema = "supabase_migrations" }];

    public Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel) =>
        VersionRows.ReadAsync(Name, connection, table, cancel);

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.None;

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry)
    {
        var script = entry.Migration.Up;
        // The driver is built without arrays, and no script holds this character.
        var statements = string.Join('\x1f', SqlSplitter.Split(entry.Files.Replaced(script), script.File, script.FirstLine).Select(statement => statement.Text));
        return
        [
            new(
                $"/* lk:migrate.mirror */ INSERT INTO {table.Sql} (version, name, statements) VALUES ($1, $2, string_to_array($3, E'\\x1f')) ON CONFLICT DO NOTHING",
                entry.Migration.Version!.Text, NameOf(script), statements),
        ];
    }

    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) => [VersionRows.Remove(table, entry)];

    /// <summary>The part of the file's name behind the version, as it stands there.</summary>
    private static string NameOf(MigrationScript script) => Path.GetFileNameWithoutExtension(script.File) is var file ? file[(file.IndexOf('_', StringComparison.Ordinal) + 1)..] : "";
}
