using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>What was done to each table and when it was vacuumed and analyzed last. Takes no lock on any of them.</summary>
internal static class Tables
{
    private static readonly MetricQuery query = new(
        "tables",
        [new("datname", "current_database()"), new("schemaname", "n.nspname"), new("relname", "c.relname")],
        [
            Counter("pg_stat_user_tables_seq_scan", "pg_stat_get_numscans(c.oid)", "Sequential scans."),
            Counter("pg_stat_user_tables_seq_tup_read", "pg_stat_get_tuples_returned(c.oid)", "Rows that sequential scans read."),
            Counter("pg_stat_user_tables_n_tup_ins", "pg_stat_get_tuples_inserted(c.oid)", "Rows that were inserted."),
            Counter("pg_stat_user_tables_n_tup_upd", "pg_stat_get_tuples_updated(c.oid)", "Rows that were updated."),
            Counter("pg_stat_user_tables_n_tup_del", "pg_stat_get_tuples_deleted(c.oid)", "Rows that were deleted."),
            Counter("pg_stat_user_tables_n_tup_hot_upd", "pg_stat_get_tuples_hot_updated(c.oid)", "Rows that were updated without a change of an index."),
            Gauge("pg_stat_user_tables_n_live_tup", "pg_stat_get_live_tuples(c.oid)", "Live rows, estimated."),
            Gauge("pg_stat_user_tables_n_dead_tup", "pg_stat_get_dead_tuples(c.oid)", "Dead rows, estimated."),
            Gauge("pg_stat_user_tables_n_mod_since_analyze", "pg_stat_get_mod_since_analyze(c.oid)", "Rows that were changed since the table was analyzed, estimated."),
            Gauge("pg_stat_user_tables_last_vacuum", "coalesce(extract(epoch FROM pg_stat_get_last_vacuum_time(c.oid)), 0)", "When it was vacuumed by hand last; 0 for never."),
            Gauge("pg_stat_user_tables_last_autovacuum", "coalesce(extract(epoch FROM pg_stat_get_last_autovacuum_time(c.oid)), 0)", "When autovacuum vacuumed it last; 0 for never."),
            Gauge("pg_stat_user_tables_last_analyze", "coalesce(extract(epoch FROM pg_stat_get_last_analyze_time(c.oid)), 0)", "When it was analyzed by hand last; 0 for never."),
            Gauge("pg_stat_user_tables_last_autoanalyze", "coalesce(extract(epoch FROM pg_stat_get_last_autoanalyze_time(c.oid)), 0)", "When autovacuum analyzed it last; 0 for never."),
            Counter("pg_stat_user_tables_vacuum_count", "pg_stat_get_vacuum_count(c.oid)", "Times that it was vacuumed by hand."),
            Counter("pg_stat_user_tables_autovacuum_count", "pg_stat_get_autovacuum_count(c.oid)", "Times that autovacuum vacuumed it."),
            Counter("pg_stat_user_tables_analyze_count", "pg_stat_get_analyze_count(c.oid)", "Times that it was analyzed by hand."),
            Counter("pg_stat_user_tables_autoanalyze_count", "pg_stat_get_autoanalyze_count(c.oid)", "Times that autovacuum analyzed it."),
            Counter("pg_statio_user_tables_heap_blocks_read", "pg_stat_get_blocks_fetched(c.oid) - pg_stat_get_blocks_hit(c.oid)", "Blocks of the table that were read from the operating system."),
            Counter("pg_statio_user_tables_heap_blocks_hit", "pg_stat_get_blocks_hit(c.oid)", "Blocks of the table that were found in shared buffers."),
        ],
        """
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 't', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
        """);

    public static ICollector Create() => new QueryCollector("tables", CollectorScope.Database, query);
}
