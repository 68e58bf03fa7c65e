using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>What each database has done: transactions, blocks, rows, temporary files, deadlocks, checksum failures.</summary>
internal static class Databases
{
    // Counters without _total are named so by postgres_exporter.
    private static readonly MetricQuery counts = new(
        "database",
        [new("datid", "s.datid"), new("datname", "s.datname")],
        [
            Gauge("pg_stat_database_numbackends", "s.numbackends", "Sessions in the database."),
            Counter("pg_stat_database_xact_commit", "s.xact_commit", "Transactions that were committed."),
            Counter("pg_stat_database_xact_rollback", "s.xact_rollback", "Transactions that were rolled back."),
            Counter("pg_stat_database_blks_read", "s.blks_read", "Blocks that were read from the operating system."),
            Counter("pg_stat_database_blks_hit", "s.blks_hit", "Blocks that were found in shared buffers."),
            Counter("pg_stat_database_tup_returned", "s.tup_returned", "Rows that scans went through."),
            Counter("pg_stat_database_tup_fetched", "s.tup_fetched", "Rows that index scans fetched."),
            Counter("pg_stat_database_tup_inserted", "s.tup_inserted", "Rows that were inserted."),
            Counter("pg_stat_database_tup_updated", "s.tup_updated", "Rows that were updated."),
            Counter("pg_stat_database_tup_deleted", "s.tup_deleted", "Rows that were deleted."),
            Counter("pg_stat_database_conflicts", "s.conflicts", "Queries that were cancelled on a standby because they were in the way of recovery."),
            Counter("pg_stat_database_temp_files", "s.temp_files", "Temporary files of queries."),
            Counter("pg_stat_database_temp_bytes", "s.temp_bytes", "Bytes that were written to temporary files."),
            Counter("pg_stat_database_deadlocks", "s.deadlocks", "Deadlocks."),
            Counter("pg_stat_database_blk_read_time", "s.blk_read_time", "Time spent reading blocks, in milliseconds; needs track_io_timing."),
            Counter("pg_stat_database_blk_write_time", "s.blk_write_time", "Time spent writing blocks, in milliseconds; needs track_io_timing."),
            Counter("pg_stat_database_active_time_seconds_total", "s.active_time / 1000.0", "Time spent executing statements.", since: 14),
            Counter("lockkeeper_database_idle_in_transaction_seconds_total", "s.idle_in_transaction_time / 1000.0", "Time that sessions were idle inside of transactions.", since: 14),
            Counter("lockkeeper_database_sessions_total", "s.sessions", "Sessions that were started.", since: 14),
            Counter("lockkeeper_database_sessions_fatal_total", "s.sessions_fatal", "Sessions that ended by a fatal error.", since: 14),
            Counter("lockkeeper_database_sessions_killed_total", "s.sessions_killed", "Sessions that were ended by somebody.", since: 14),
            Counter("lockkeeper_database_sessions_abandoned_total", "s.sessions_abandoned", "Sessions whose client was lost.", since: 14),
            Counter("lockkeeper_database_checksum_failures_total", "s.checksum_failures", "Pages whose checksum was wrong; no sample when the cluster has no checksums."),
            Gauge("lockkeeper_database_checksum_last_failure_timestamp_seconds", "extract(epoch FROM s.checksum_last_failure)", "When a checksum was wrong last."),
            Gauge("pg_stat_database_stats_reset", "extract(epoch FROM s.stats_reset)", "When these numbers were set to zero last."),
        ],
        // The row without a database is what belongs to all: shared catalogs. Checksum failures are counted there too.
        "FROM pg_stat_database s");

    private static readonly MetricQuery size = new(
        "database.size",
        [new("datname", "d.datname")],
        [Gauge("pg_database_connection_limit", "d.datconnlimit", "The most sessions in the database; -1 for no limit.")],
        "FROM pg_database d WHERE NOT d.datistemplate");

    public static ICollector Create() => new QueryCollector("database", CollectorScope.Server, counts, size);
}
