using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>Reads indexes from the catalog. A state is <c>absent</c>, <c>valid OID</c> as <c>OIDv</c>, or invalid as <c>OIDi</c>.</summary>
internal static class IndexCatalog
{
    /// <summary>There is no such index.</summary>
    public const string Absent = "absent";

    /// <summary>Whether a state is that of an INVALID index.</summary>
    public static bool IsInvalid(string state) => state.EndsWith('i');

    /// <summary>The object identifier in a state; 0 when there is none.</summary>
    public static uint OidOf(string state) => uint.TryParse(state.AsSpan(0, Math.Max(0, state.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var oid) ? oid : 0;

    /// <summary>The state of a named index.</summary>
    public static async Task<string> StateAsync(NpgsqlConnection connection, ConcurrentIndex index, CancellationToken cancel) => (await StatesAsync(
        connection,
        """
        /* lk:migrate.index_state */
        SELECT i.indexrelid::text || CASE WHEN i.indisvalid AND i.indisready THEN 'v' ELSE 'i' END FROM pg_index i
        WHERE i.indexrelid = to_regclass($1)
           OR i.indexrelid = (SELECT c.oid FROM pg_class c JOIN pg_class t ON t.relnamespace = c.relnamespace WHERE t.oid = to_regclass($2) AND c.relname = $3)
        """,
        // CREATE INDEX names no schema for the index: it is the table's.
        [index.Table is null ? SqlText.Qualified(index.Schema, index.Index!) : null, TableOf(index), index.Index], cancel)).FirstOrDefault() ?? Absent;

    /// <summary>The states of all indexes of a table.</summary>
    public static Task<IReadOnlyList<string>> StatesOfTableAsync(NpgsqlConnection connection, ConcurrentIndex index, CancellationToken cancel) => StatesAsync(
        connection,
        """
        /* lk:migrate.index_states */
        SELECT i.indexrelid::text || CASE WHEN i.indisvalid AND i.indisready THEN 'v' ELSE 'i' END FROM pg_index i WHERE i.indrelid = to_regclass($1) ORDER BY i.indexrelid
        """,
        [TableOf(index)], cancel);

    /// <summary>The states of the invalid copies that a rebuild makes of what it works on, none of them valid.</summary>
    public static Task<IReadOnlyList<string>> CopiesAsync(NpgsqlConnection connection, ConcurrentIndex index, CancellationToken cancel) => StatesAsync(
        connection,
        """
        /* lk:migrate.rebuild_leftovers */
        SELECT i.indexrelid::text || 'i' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
          AND CASE WHEN $2 IS NOT NULL THEN i.indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass($2))
                   WHEN $1 IS NOT NULL THEN i.indrelid = to_regclass($1) OR i.indrelid IN (SELECT relid FROM pg_partition_tree(to_regclass($1)))
                   ELSE $3 IS NULL OR c.relnamespace = to_regnamespace($3) END
        ORDER BY i.indexrelid
        """,
        [TableOf(index), index.Index is null ? null : SqlText.Qualified(index.Schema, index.Index), index.Schema is null ? null : SqlText.Identifier(index.Schema)], cancel);

    /// <summary>Whether a session builds the index at this moment.</summary>
    public static async Task<bool> IsBeingBuiltAsync(NpgsqlConnection connection, string state, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("/* lk:migrate.index_builds */ SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE index_relid = $1::text::oid)", connection)
        { Parameters = { new() { Value = OidOf(state).ToString(CultureInfo.InvariantCulture) } } };
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>Drops an index CONCURRENTLY.</summary>
    public static async Task DropAsync(NpgsqlConnection connection, FencedStatement sender, uint oid, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("/* lk:migrate.index_name */ SELECT oid::regclass::text FROM pg_class WHERE oid = $1::text::oid", connection)
        { Parameters = { new() { Value = oid.ToString(CultureInfo.InvariantCulture) } } };
        // regclass output is quoted by the server.
        if (await find.ExecuteScalarAsync(cancel) is not string name)
            return;
        await sender.SendAsync($"/* lk:migrate.drop_leftover */ DROP INDEX CONCURRENTLY IF EXISTS {name}", [], cancel);
    }

    private static string? TableOf(ConcurrentIndex index) => index.Table is null ? null : SqlText.Qualified(index.Schema, index.Table);

    private static async Task<IReadOnlyList<string>> StatesAsync(NpgsqlConnection connection, string sql, IReadOnlyList<string?> parameters, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)parameter ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var states = new List<string>();
        while (await reader.ReadAsync(cancel))
            states.Add(reader.GetString(0));
        return states;
    }
}
