using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Locks by database and mode, held and waited for.</summary>
internal static class Locks
{
    // Each pair has its row, so that a count of zero is a sample too.
    private const string Pairs =
        """
        FROM (SELECT d.datname, m.mode, d.oid
              FROM pg_database d, unnest(ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock', 'SIReadLock']) AS m (mode)
              WHERE d.datallowconn AND NOT d.datistemplate) p
        LEFT JOIN (SELECT database, mode, count(*) AS n, count(*) FILTER (WHERE NOT granted) AS waiting FROM pg_locks WHERE database IS NOT NULL GROUP BY database, mode) l
               ON l.database = p.oid AND l.mode = p.mode
        """;

    private static readonly MetricQuery count = new(
        "locks",
        [new("datname", "p.datname"), new("mode", "lower(p.mode)")],
        [Gauge("pg_locks_count", "coalesce(l.n, 0)", "Locks of this mode, held and waited for."), Gauge("lockkeeper_locks_waiting", "coalesce(l.waiting, 0)", "Locks of this mode that somebody waits for.")],
        Pairs);

    private static readonly MetricQuery room = new(
        "locks.room", [],
        [
            Gauge("lockkeeper_locks_limit", "current_setting('max_locks_per_transaction')::int8 * (current_setting('max_connections')::int8 + current_setting('max_prepared_transactions')::int8)", "Locks on objects that there is room for."),
        ],
        "");

    public static ICollector Create() => new QueryCollector("locks", CollectorScope.Server, count, room);
}
