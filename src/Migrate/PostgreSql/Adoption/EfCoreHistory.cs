using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>EF Core: <c>__EFMigrationsHistory</c>, a row a migration. There are no checksums, and the script that EF Core writes adds the row itself.</summary>
/// <remarks>Source: HistoryRepository of EF Core 3.1 to 9; the second layout is that of EFCore.NamingConventions.</remarks>
internal sealed class EfCoreHistory : IForeignHistory
{
    public string Name => "ef-core";

    public IReadOnlyList<string> Formats => ["ef-core"];

    public IReadOnlyList<ForeignTable> Tables =>
    [
        new("__EFMigrationsHistory", new ForeignColumn("MigrationId", "character varying"), new ForeignColumn("ProductVersion", "character varying")),
        new("__EFMigrationsHistory", new ForeignColumn("migration_id", "character varying"), new ForeignColumn("product_version", "character varying")),
    ];

    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel)
    {
        // By place and not by name: both layouts have the id first.
        await using var command = new NpgsqlCommand($"/* lk:migrate.ef_core */ SELECT h.id FROM {table.Sql} AS h (id) ORDER BY h.id COLLATE \"C\"", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetString(0);
            var version = MigrationVersion.TryParse(id.Split('_')[0], out var parsed) ? parsed : null;
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Versioned, version, id), id, "", ForeignOutcome.Applied));
        }

        return rows;
    }

    public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => ChecksumAnswer.None;

    public IReadOnlyList<ForeignStatement> Applied(QualifiedTable table, ForeignEntry entry) => [];

    /// <summary>Nothing: a script of EF Core has no way back.</summary>
    public IReadOnlyList<ForeignStatement> RolledBack(QualifiedTable table, ForeignEntry entry) => [];
}
