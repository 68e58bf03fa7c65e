using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>How far each database is from running out of transaction ids, and who keeps vacuum from removing old rows.</summary>
internal static class Wraparound
{
    private static readonly MetricQuery ages = new(
        "wraparound",
        [new("datname", "datname")],
        [
            // Ages in transactions; postgres_exporter's names end with _seconds all the same.
            Gauge("pg_database_wraparound_age_datfrozenxid_seconds", "age(datfrozenxid)", "Transactions since the oldest one that is not frozen; not seconds, the name is postgres_exporter's."),
            Gauge("pg_database_wraparound_age_datminmxid_seconds", "mxid_age(datminmxid)", "Multixacts since the oldest one that is kept; not seconds, the name is postgres_exporter's."),
            Gauge("lockkeeper_wraparound_used_ratio", "greatest(age(datfrozenxid), mxid_age(datminmxid)) / 2147483648.0", "How much of the way to the shutdown that prevents wraparound is gone."),
            Gauge("lockkeeper_wraparound_emergency_ratio", "greatest(age(datfrozenxid) / current_setting('autovacuum_freeze_max_age')::float8, mxid_age(datminmxid) / current_setting('autovacuum_multixact_freeze_max_age')::float8)", "1 when autovacuum starts because of age alone; well above 1 it does not get on."),
        ],
        "FROM pg_database WHERE datallowconn");

    /// <summary>One row for each kind of holder: whoever holds the oldest. What all of them see is the horizon; vacuum removes no row that is newer.</summary>
    private static readonly MetricQuery holders = new(
        "wraparound.holders",
        [new("holder", "holder"), new("name", "name"), new("datname", "datname")],
        [Gauge("lockkeeper_xmin_age", "xmin_age", "Transactions since the oldest snapshot that a session, prepared transaction, slot or standby holds; the series names it.")],
        """
        FROM (SELECT DISTINCT ON (holder) holder, name, datname, xmin_age
              FROM (SELECT 'session' AS holder, format('pid %s %s %s', pid, usename, application_name) AS name, datname::text, greatest(age(backend_xmin), age(backend_xid)) AS xmin_age
                    FROM pg_stat_activity WHERE backend_type <> 'walsender' AND pid <> pg_backend_pid() AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
                    UNION ALL SELECT 'prepared', gid, database::text, age(transaction) FROM pg_prepared_xacts
                    UNION ALL SELECT 'slot', slot_name::text, coalesce(database::text, ''), greatest(age(xmin), age(catalog_xmin)) FROM pg_replication_slots WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL
                    UNION ALL SELECT 'standby', format('%s %s', application_name, client_addr), '', age(backend_xmin) FROM pg_stat_replication WHERE backend_xmin IS NOT NULL) AS all_of_them
              ORDER BY holder, xmin_age DESC) AS oldest
        """,
        "pg_read_all_stats");

    public static ICollector Create() => new QueryCollector("wraparound", CollectorScope.Server, ages, holders);
}
