using System.Globalization;
using Lockkeeper.Observe.Top;
using NpgsqlTypes;

namespace Lockkeeper.Observe.PostgreSql.Top;

/// <summary>The locks of a session.</summary>
internal static class SessionLocks
{
    private const int Most = 200;

    public static async Task<IReadOnlyList<string>> ReadAsync(DatabaseSession session, TopSession one, CancellationToken cancel)
    {
        // Names are known in our own database only. What waits comes first, then the strongest.
        var command = await session.CommandAsync(
            $$"""
            /* lk:observe.top.locks */
            SELECT CASE WHEN l.granted THEN 'holds ' ELSE 'waits for ' END || l.mode || ' on ' || CASE
                       WHEN l.relation IS NULL THEN concat_ws(' ', l.locktype, l.virtualxid, l.transactionid::text, l.classid::text, l.objid::text)
                       WHEN l.database IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) THEN coalesce((SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = l.relation), l.relation::text)
                       ELSE 'relation ' || l.relation || ' of ' || coalesce((SELECT datname FROM pg_database WHERE oid = l.database), l.database::text) END
                   || CASE WHEN l.locktype IN ('tuple', 'page', 'extend') THEN concat_ws(' ', ',', l.locktype, l.page::text, l.tuple::text) ELSE '' END
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.backend_start = $2
            WHERE l.pid = $1
            ORDER BY l.granted, l.mode NOT IN ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock', 'ShareUpdateExclusiveLock'), l.relation IS NULL, 1
            LIMIT {{(Most + 1).ToString(CultureInfo.InvariantCulture)}}
            """,
            cancel, NpgsqlDbType.Integer, NpgsqlDbType.TimestampTz);
        (command.Parameters[0].Value, command.Parameters[1].Value) = (one.Pid, one.StartedAt);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lines = new List<string>();
        while (await reader.ReadAsync(cancel))
            lines.Add(lines.Count < Most ? reader.GetString(0) : "and more");
        return lines;
    }
}
