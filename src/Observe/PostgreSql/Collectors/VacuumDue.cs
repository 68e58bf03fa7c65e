using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Which tables autovacuum should be at by its own formula.</summary>
internal static class VacuumDue
{
    /// <summary>The formula of autovacuum (PostgreSQL's documentation, 25.1.6) with the settings of each table; from 18 on the threshold has an upper bound.</summary>
    private const string Tables =
        """
        FROM (SELECT n.nspname, c.relname, pg_stat_get_dead_tuples(c.oid) AS dead, pg_stat_get_mod_since_analyze(c.oid) AS changed, age(c.relfrozenxid) AS xid_age,
                     coalesce(o.vacuum_threshold, current_setting('autovacuum_vacuum_threshold')::float8) + coalesce(o.vacuum_scale, current_setting('autovacuum_vacuum_scale_factor')::float8) * greatest(c.reltuples, 0) AS uncapped,
                     nullif(current_setting('autovacuum_vacuum_max_threshold', true), '-1')::float8 AS cap,
                     coalesce(o.analyze_threshold, current_setting('autovacuum_analyze_threshold')::float8) + coalesce(o.analyze_scale, current_setting('autovacuum_analyze_scale_factor')::float8) * greatest(c.reltuples, 0) AS analyze_at,
                     coalesce(o.enabled, true) AS enabled
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN LATERAL (SELECT max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold')::float8 AS vacuum_threshold, max(option_value) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')::float8 AS vacuum_scale,
                                        max(option_value) FILTER (WHERE option_name = 'autovacuum_analyze_threshold')::float8 AS analyze_threshold, max(option_value) FILTER (WHERE option_name = 'autovacuum_analyze_scale_factor')::float8 AS analyze_scale,
                                        bool_and(option_value::bool) FILTER (WHERE option_name = 'autovacuum_enabled') AS enabled
                                 FROM pg_options_to_table(c.reloptions)) o ON c.reloptions IS NOT NULL
              WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')) t
        CROSS JOIN LATERAL (SELECT t.dead / greatest(1, least(t.uncapped, t.cap)) AS vacuum_ratio, t.changed / greatest(1, t.analyze_at) AS analyze_ratio) r
        """;

    private static readonly MetricQuery counts = new(
        "vacuum_due",
        [new("datname", "current_database()")],
        [
            Gauge("lockkeeper_autovacuum_due_tables", "count(*) FILTER (WHERE r.vacuum_ratio > 1)", "Tables with more dead rows than autovacuum's threshold."),
            Gauge("lockkeeper_autoanalyze_due_tables", "count(*) FILTER (WHERE r.analyze_ratio > 1)", "Tables with more changed rows than autovacuum's threshold for ANALYZE."),
            Gauge("lockkeeper_autovacuum_disabled_tables", "count(*) FILTER (WHERE NOT t.enabled)", "Tables that autovacuum was switched off for."),
            Gauge("lockkeeper_table_xid_age", "max(t.xid_age)", "Transactions since the oldest one that is not frozen in a table, of the table where that is longest ago."),
        ],
        Tables);

    private static readonly MetricQuery worst = new(
        "vacuum_due.worst",
        [new("datname", "current_database()"), new("schemaname", "t.nspname"), new("relname", "t.relname")],
        [Gauge("lockkeeper_autovacuum_due_ratio", "r.vacuum_ratio", "Dead rows as a share of autovacuum's threshold; the 20 tables that are due for longest.")],
        Tables + " WHERE r.vacuum_ratio > 1 ORDER BY r.vacuum_ratio DESC LIMIT 20");

    private static readonly MetricQuery oldest = new(
        "vacuum_due.oldest",
        [new("datname", "current_database()"), new("schemaname", "n.nspname"), new("relname", "c.relname")],
        [Gauge("lockkeeper_oldest_table_xid_age", "age(c.relfrozenxid)", "The same of the three tables where it is longest ago, by name.")],
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 't', 'm') ORDER BY age(c.relfrozenxid) DESC, c.oid LIMIT 3");

    public static ICollector Create() => new QueryCollector("vacuum_due", CollectorScope.Database, counts, worst, oldest) { Interval = TimeSpan.FromMinutes(1) };
}
