using Lockkeeper.Observe.Top;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql.Top;

/// <summary>Reads the sessions of a server with those that they wait for.</summary>
internal static class SessionsReading
{
    /// <summary>More than a person looks through; those that wait and the oldest transactions come first.</summary>
    private const int Most = 1000;

    /// <summary>How many sessions the server takes. Of no session no row says so.</summary>
    public static async Task<int> MaxConnectionsAsync(DatabaseSession session, CancellationToken cancel) =>
        (int)(await (await session.CommandAsync("/* lk:observe.top.limit */ SELECT current_setting('max_connections')::int", cancel)).ExecuteScalarAsync(cancel))!;

    public static async Task<IReadOnlyList<TopSession>> ReadAsync(DatabaseSession session, int major, CancellationToken cancel)
    {
        // pg_blocking_pids holds up the lock manager for a moment, so it is asked of those only that wait for a lock.
        var command = await session.CommandAsync(
            $$"""
            /* lk:observe.top.sessions */
            WITH waiting AS MATERIALIZED (SELECT pid, pg_blocking_pids(pid) AS blockers FROM pg_stat_activity WHERE wait_event_type = 'Lock')
            SELECT a.pid, a.backend_start, coalesce(a.datname, '')::text, coalesce(a.usename, '')::text, coalesce(a.application_name, ''), coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN 'a socket' END, ''),
                   coalesce(a.backend_type, ''), coalesce(a.state, ''), concat_ws(':', a.wait_event_type, a.wait_event), extract(epoch FROM clock_timestamp() - a.xact_start)::float8,
                   extract(epoch FROM clock_timestamp() - CASE WHEN a.state = 'active' THEN a.query_start ELSE a.state_change END)::float8, a.query_start, coalesce(w.blockers, '{}'), coalesce(a.query, ''),
                   {{(major >= 14 ? "coalesce(a.query_id, 0)" : "0::bigint")}}
            FROM pg_stat_activity a LEFT JOIN waiting w ON w.pid = a.pid
            WHERE a.pid <> pg_backend_pid() AND a.backend_start IS NOT NULL AND (a.backend_type = 'client backend' OR a.xact_start IS NOT NULL OR w.pid IS NOT NULL)
            ORDER BY w.pid IS NULL, a.xact_start NULLS LAST, a.pid LIMIT {{Most}}
            """,
            cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var sessions = new List<TopSession>();
        while (await reader.ReadAsync(cancel))
            sessions.Add(Of(reader));
        return sessions;
    }

    private static TopSession Of(NpgsqlDataReader row) => new(row.GetInt32(0), row.GetDateTime(1))
    {
        Database = row.GetString(2),
        User = row.GetString(3),
        Application = row.GetString(4),
        Client = row.GetString(5),
        Kind = row.GetString(6),
        State = row.GetString(7),
        // A client that thinks is no wait.
        Wait = row.GetString(8) is var wait && wait.StartsWith("Client:", StringComparison.Ordinal) ? "" : wait,
        TransactionSeconds = row.IsDBNull(9) ? null : row.GetDouble(9),
        StatementSeconds = row.IsDBNull(10) ? null : row.GetDouble(10),
        StatementAt = row.IsDBNull(11) ? null : row.GetDateTime(11),
        Blockers = row.GetFieldValue<int[]>(12),
        Statement = StatementMask.Of(row.GetString(13)),
        QueryId = row.GetInt64(14),
    };
}
