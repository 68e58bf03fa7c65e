using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>One look at a backend's locks: what it has, what it waits for, who keeps it from that, and who waits behind it.</summary>
internal sealed record LockSample
{
    /// <summary>When the backend's transaction began; null when it is in none.</summary>
    public DateTime? TransactionStart { get; init; }

    /// <summary>What it runs; null when that may not be seen.</summary>
    public string? Query { get; init; }

    /// <summary>What it waits for, such as <c>orders</c>; null when it does not wait.</summary>
    public string? Wanted { get; init; }

    /// <summary>Who keeps it from that.</summary>
    public IReadOnlyList<Blocker> Blockers { get; init; } = [];

    /// <summary>Those that its blockers wait for, and so on, with how far before it they stand: 2 and more. One of its blockers that others of them wait for is among them.</summary>
    public IReadOnlyList<(int Distance, Blocker Blocker)> Ahead { get; init; } = [];

    /// <summary>How many sessions wait behind it, directly or through others.</summary>
    public int Waiting { get; init; }

    /// <summary>Those that have waited longest.</summary>
    public IReadOnlyList<StalledSession> Stalled { get; init; } = [];

    /// <summary>The relations that were there before it with the modes that it has, as pg_locks writes them.</summary>
    public IReadOnlyList<(string Relation, string Mode)> Held { get; init; } = [];

    /// <summary>Looks; one round trip.</summary>
    /// <remarks>
    /// pg_locks and pg_blocking_pids are open to every role, the activity of other roles is not: without pg_read_all_stats states and queries are missing. A relation that
    /// the backend's own transaction made is not in the catalog that this query sees, so it is left out by itself. pg_locks has waitstart since 14. Locks of a prepared transaction have no
    /// pid, and the lock on its own transaction id tells which one it is.
    /// </remarks>
    /// <param name="connection">The watcher's.</param>
    /// <param name="backend">The backend.</param>
    /// <param name="cancel">Ends the look.</param>
    public static async Task<LockSample> ReadAsync(NpgsqlConnection connection, int backend, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.lock_watch */
            WITH RECURSIVE locks AS MATERIALIZED (SELECT * FROM pg_catalog.pg_locks),
            waiting AS MATERIALIZED (
                SELECT w.pid, w.since, pg_catalog.pg_blocking_pids(w.pid) AS blockers
                FROM (SELECT l.pid, min((to_jsonb(l) ->> 'waitstart')::timestamptz) AS since FROM locks l WHERE NOT l.granted AND l.pid IS NOT NULL
                      GROUP BY l.pid ORDER BY l.pid <> $1 LIMIT 1000) w),
            ahead (pid, distance) AS (
                SELECT b.pid, 1 FROM waiting w, unnest(w.blockers) b (pid) WHERE w.pid = $1
                UNION SELECT b.pid, a.distance + 1 FROM ahead a JOIN waiting w ON w.pid = a.pid, unnest(w.blockers) b (pid) WHERE a.distance < 6 AND b.pid <> $1),
            behind (pid) AS (SELECT $1 UNION SELECT w.pid FROM behind b JOIN waiting w ON b.pid = ANY (w.blockers)),
            wanted AS MATERIALIZED (SELECT * FROM locks WHERE pid = $1 AND NOT granted LIMIT 1),
            activity AS MATERIALIZED (SELECT * FROM pg_catalog.pg_stat_activity),
            stalled AS (
                SELECT w.pid, coalesce(extract(epoch FROM clock_timestamp() - coalesce(w.since, a.query_start)), 0)::float8 AS seconds, a.usename, a.application_name, a.query
                FROM behind b JOIN waiting w ON w.pid = b.pid LEFT JOIN activity a ON a.pid = b.pid
                WHERE b.pid <> $1 AND coalesce(a.backend_type, '') NOT LIKE 'autovacuum%')
            SELECT 'self' AS kind, $1 AS number, 0::float8 AS seconds, '' AS role, '' AS application, '' AS state, '' AS backend, coalesce((SELECT query FROM activity WHERE pid = $1), '') AS query, NULL::text AS mode, NULL::text AS relation,
                   (SELECT xact_start FROM activity WHERE pid = $1) AS started
            UNION ALL
            (SELECT 'stalled', pid, seconds, coalesce(usename, ''), coalesce(application_name, ''), '', '', coalesce(query, ''), NULL, (count(*) OVER ())::text, NULL FROM stalled ORDER BY seconds DESC LIMIT 5)
            UNION ALL
            SELECT 'wanted', 0, 0, '', '', '', '', '', mode, CASE WHEN locktype = 'relation' THEN relation::regclass::text WHEN locktype = 'transactionid' THEN 'a row that it changed' ELSE locktype END, NULL FROM wanted
            UNION ALL
            (SELECT 'blocker', b.pid, coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared)), -1)::float8, coalesce(a.usename::text, a.backend_type, p.owner, ''),
                   coalesce(a.application_name, p.gid, ''), coalesce(a.state, ''), coalesce(a.backend_type, ''), coalesce(a.query, ''), o.modes, NULL, a.backend_start
            FROM (SELECT DISTINCT unnest(blockers) FROM waiting WHERE pid = $1) b (pid)
            LEFT JOIN activity a ON a.pid = b.pid
            LEFT JOIN LATERAL (
                SELECT string_agg(DISTINCT l.mode, ',') AS modes, min(l.virtualtransaction) AS virtual FROM locks l, wanted t
                WHERE l.granted AND l.pid IS NOT DISTINCT FROM nullif(b.pid, 0)
                  AND (l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid, l.objsubid)
                      IS NOT DISTINCT FROM (t.locktype, t.database, t.relation, t.page, t.tuple, t.virtualxid, t.transactionid, t.classid, t.objid, t.objsubid)) o ON true
            LEFT JOIN LATERAL (
                SELECT string_agg(x.gid, ''', ''') AS gid, min(x.owner::text) AS owner, min(x.prepared) AS prepared FROM locks l JOIN pg_catalog.pg_prepared_xacts x ON x.transaction = l.transactionid
                WHERE b.pid = 0 AND l.pid IS NULL AND l.locktype = 'transactionid' AND l.virtualtransaction = o.virtual) p ON true
            LIMIT 20)
            UNION ALL
            (SELECT 'ahead', f.pid, coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), -1)::float8, coalesce(a.usename::text, a.backend_type, ''), coalesce(a.application_name, ''), coalesce(a.state, ''), coalesce(a.backend_type, ''),
                    coalesce(a.query, ''), NULL, f.distance::text, a.backend_start
            FROM (SELECT pid, max(distance) AS distance FROM ahead GROUP BY pid) f LEFT JOIN activity a ON a.pid = f.pid WHERE f.distance > 1 ORDER BY f.distance LIMIT 20)
            UNION ALL
            (SELECT 'held', 0, 0, '', '', '', '', '', l.mode, c.oid::regclass::text, NULL
            FROM locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE l.pid = $1 AND l.granted AND l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
              AND c.relkind IN ('r', 'p', 'm', 'v', 'f') AND n.nspname !~ '^(pg_|information_schema$|lockkeeper$)' AND l.mode <> 'AccessShareLock'
            LIMIT 200)
            """,
            connection) { Parameters = { new() { Value = backend } }, CommandTimeout = 10 };
        var sample = new LockSample();
        var (blockers, ahead, stalled, held) = (new List<Blocker>(), new List<(int, Blocker)>(), new List<StalledSession>(), new List<(string, string)>());
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
            DateTime? started = row.IsDBNull(10) ? null : row.GetDateTime(10);
            var seconds = row.GetDouble(2);
            Blocker Session() => new(row.GetInt32(1), started, row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7), seconds < 0 ? null : TimeSpan.FromSeconds(seconds), Text(8));
            switch (row.GetString(0))
            {
                case "self":
                    sample = sample with { TransactionStart = started, Query = row.GetString(7) };
                    break;
                case "stalled":
                    sample = sample with { Waiting = int.Parse(Text(9)!, System.Globalization.CultureInfo.InvariantCulture) };
                    stalled.Add(new StalledSession(row.GetInt32(1), TimeSpan.FromSeconds(seconds), row.GetString(3), row.GetString(4), row.GetString(7)));
                    break;
                case "wanted":
                    sample = sample with { Wanted = Text(9) };
                    break;
                case "blocker":
                    blockers.Add(Session());
                    break;
                case "ahead":
                    ahead.Add((int.Parse(Text(9)!, System.Globalization.CultureInfo.InvariantCulture), Session()));
                    break;
                default:
                    held.Add((Text(9)!, Text(8)!));
                    break;
            }
        }

        return sample with { Blockers = blockers, Ahead = ahead, Stalled = stalled, Held = held };
    }
}
