using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>A table that has a row a version and nothing else that counts: what several tools keep.</summary>
internal static class VersionRows
{
    /// <summary>Reads them in the order of their versions, which is the one that such a tool applies them in; "C" compares bytes as it does.</summary>
    /// <param name="tool">The tool's name, for the tag of the query.</param>
    /// <param name="connection">An open connection.</param>
    /// <param name="table">The table.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <param name="at">The expression that says when one was applied; null when the table does not.</param>
    public static async Task<IReadOnlyList<ForeignRow>> ReadAsync(string tool, NpgsqlConnection connection, QualifiedTable table, CancellationToken cancel, string? at = null)
    {
        await using var command = new NpgsqlCommand($"/* lk:migrate.{tool} */ SELECT version, {at ?? "NULL::timestamptz"} FROM {table.Sql} ORDER BY version COLLATE \"C\"", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ForeignRow>();
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetString(0);
            var version = MigrationVersion.TryParse(id, out var parsed) ? parsed : null;
            rows.Add(new ForeignRow(MigrationKey.Of(MigrationKind.Versioned, version, id), id, "", ForeignOutcome.Applied) { At = await reader.IsDBNullAsync(1, cancel) ? null : reader.GetFieldValue<DateTimeOffset>(1) });
        }

        return rows;
    }

    /// <summary>Adds the row of a migration.</summary>
    public static ForeignStatement Add(QualifiedTable table, ForeignEntry entry) =>
        new($"/* lk:migrate.mirror */ INSERT INTO {table.Sql} (version) VALUES ($1) ON CONFLICT DO NOTHING", entry.Migration.Version!.Text);

    /// <summary>Takes it away.</summary>
    public static ForeignStatement Remove(QualifiedTable table, ForeignEntry entry) =>
        new($"/* lk:migrate.mirror */ DELETE FROM {table.Sql} WHERE version = $1", entry.Migration.Version!.Text);
}
