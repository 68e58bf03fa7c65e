using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Vacuums that run, and how many may.</summary>
internal static class Vacuums
{
    // From 17 on the view counts bytes where it counted tuples; postgres_exporter 0.20 gives the bytes out as tuples.
    private static readonly MetricQuery progress = new(
        "vacuum.progress",
        [new("datname", "p.datname"), new("relname", "CASE WHEN p.datname = current_database() THEN (SELECT relname FROM pg_class WHERE oid = p.relid)::text ELSE p.relid::text END"), new("phase", "p.phase")],
        [
            Gauge("pg_stat_progress_vacuum_heap_blks", "p.heap_blks_total", "Blocks of the table."),
            Gauge("pg_stat_progress_vacuum_heap_blks_scanned", "p.heap_blks_scanned", "Blocks that were scanned."),
            Gauge("pg_stat_progress_vacuum_heap_blks_vacuumed", "p.heap_blks_vacuumed", "Blocks that were vacuumed."),
            Gauge("pg_stat_progress_vacuum_index_vacuums", "p.index_vacuum_count", "Times that the indexes were gone through; more than once means that autovacuum_work_mem is small."),
            Gauge("pg_stat_progress_vacuum_max_dead_tuples", "p.max_dead_tuples", "Dead rows that there is room for before the indexes are gone through.", until: 16),
            Gauge("pg_stat_progress_vacuum_num_dead_tuples", "p.num_dead_tuples", "Dead rows that were found since the indexes were gone through.", until: 16),
            Gauge("lockkeeper_vacuum_max_dead_bytes", "p.max_dead_tuple_bytes", "Room for dead rows before the indexes are gone through.", since: 17),
            Gauge("lockkeeper_vacuum_dead_bytes", "p.dead_tuple_bytes", "How much of it is used.", since: 17),
            Gauge("lockkeeper_vacuum_seconds", "extract(epoch FROM clock_timestamp() - a.xact_start)", "For how long it has run."),
        ],
        "FROM pg_stat_progress_vacuum p LEFT JOIN pg_stat_activity a ON a.pid = p.pid",
        "pg_read_all_stats");

    private static readonly MetricQuery workers = new(
        "vacuum", [],
        [
            Gauge("lockkeeper_autovacuum_workers", "count(*)", "Autovacuum workers that run."),
            Gauge("lockkeeper_autovacuum_workers_limit", "current_setting('autovacuum_max_workers')", "How many may run at once."),
            Gauge("lockkeeper_autovacuum_wraparound_workers", "count(*) FILTER (WHERE query LIKE '%(to prevent wraparound)')", "Workers that run because of age alone, and do not give way to others."),
            Gauge("lockkeeper_autovacuum_enabled", "(current_setting('autovacuum') = 'on' AND current_setting('track_counts') = 'on')::int", "Whether autovacuum is on."),
        ],
        "FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'",
        "pg_read_all_stats");

    public static ICollector Create() => new QueryCollector("vacuum", CollectorScope.Server, progress, workers);
}
