using Lockkeeper.Observe.Regressions;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql.Regressions;

/// <summary>Reads what pg_stat_statements knows of one database: numbers of all statements in about 10 ms for 5,000 of them, and texts only when they are asked for, which costs 25 times as much.</summary>
internal static class WorkloadReading
{
    /// <summary>The schema that the extension is in; null when it is not in this database, or not loaded by the server.</summary>
    public static async Task<string?> SchemaAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:observe.workload.where */
            SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'pg_stat_statements' AND current_setting('pg_stat_statements.max', true) IS NOT NULL
            """,
            connection);
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    public static async Task<Workload> NumbersAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        var statements = new Dictionary<string, StatementNumbers>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand(
            $"""
            /* lk:observe.workload.numbers */
            SELECT userid::text || '/' || queryid, sum(calls)::float8, sum(total_exec_time)::float8 / 1000, sum(rows)::float8, sum(shared_blks_hit + shared_blks_read)::float8, sum(temp_blks_read + temp_blks_written)::float8
            FROM {schema}.pg_stat_statements(false) WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL GROUP BY userid, queryid
            """,
            connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                statements[reader.GetString(0)] = new StatementNumbers(reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3), reader.GetDouble(4), reader.GetDouble(5));
        }

        var info = connection.PostgreSqlVersion.Major >= 14 ? $"(SELECT stats_reset FROM {schema}.pg_stat_statements_info), (SELECT dealloc FROM {schema}.pg_stat_statements_info)" : "NULL::timestamptz, 0::bigint";
        await using var moment = new NpgsqlCommand($"/* lk:observe.workload.moment */ SELECT clock_timestamp(), {info}", connection);
        await using var row = await moment.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new Workload(row.GetFieldValue<DateTimeOffset>(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2), statements);
    }

    /// <summary>What the ids stand for.</summary>
    public static async Task<IReadOnlyDictionary<string, StatementKey>> TextsAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        var keys = new Dictionary<string, StatementKey>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:observe.workload.texts */
            SELECT DISTINCT ON (userid, queryid) userid::text || '/' || queryid, pg_get_userbyid(userid)::text, left(query, 20000)
            FROM {schema}.pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL AND query IS NOT NULL
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var text = string.Join(' ', reader.GetString(2).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            // Our own statements are not the application's.
            if (!text.Contains("/* lk:", StringComparison.Ordinal))
                keys[reader.GetString(0)] = new StatementKey(reader.GetString(1), text);
        }

        return keys;
    }
}
