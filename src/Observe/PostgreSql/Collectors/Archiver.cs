using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Whether WAL is archived.</summary>
internal static class Archiver
{
    private static readonly MetricQuery query = new(
        "archiver", [],
        [
            Counter("pg_stat_archiver_archived_count", "archived_count", "WAL files that were archived."),
            Counter("pg_stat_archiver_failed_count", "failed_count", "Attempts to archive a WAL file that failed."),
            Gauge("pg_stat_archiver_last_archive_age", "extract(epoch FROM clock_timestamp() - last_archived_time)", "How long ago a WAL file was archived last, in seconds."),
            Gauge("lockkeeper_archiver_failing", "(current_setting('archive_mode') <> 'off' AND last_failed_time IS NOT NULL AND (last_archived_time IS NULL OR last_failed_time > last_archived_time))::int", "1 when the last attempt to archive a WAL file has failed."),
            Gauge("lockkeeper_archiver_last_failed_timestamp_seconds", "extract(epoch FROM last_failed_time)", "When an attempt failed last."),
            Gauge("lockkeeper_archiver_enabled", "(current_setting('archive_mode') <> 'off')::int", "Whether WAL is archived at all."),
            Gauge("pg_stat_archiver_stats_reset", "extract(epoch FROM stats_reset)", "When these numbers were set to zero last."),
        ],
        "FROM pg_stat_archiver");

    private static readonly MetricQuery waiting = new(
        "archiver.waiting", [],
        [Gauge("lockkeeper_archiver_waiting_files", "count(*)", "WAL files that wait to be archived.") with { Grant = "pg_monitor" }],
        // pg_ls_archive_statusdir lists pg_wal/archive_status: a file NAME.ready for each that waits.
        "FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'");

    public static ICollector Create() => new QueryCollector("archiver", CollectorScope.Server, query, waiting);
}
