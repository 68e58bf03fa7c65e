using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Checkpoints and the background writer. PostgreSQL 17 has moved the former into a view of their own.</summary>
internal static class Checkpoints
{
    private static readonly MetricQuery writer = new(
        "checkpoints", [],
        [
            Counter("pg_stat_bgwriter_checkpoints_timed_total", "checkpoints_timed", "Checkpoints that were due by time.", until: 16),
            Counter("pg_stat_bgwriter_checkpoints_req_total", "checkpoints_req", "Checkpoints that were asked for, mostly because max_wal_size was reached.", until: 16),
            Counter("pg_stat_bgwriter_checkpoint_write_time_total", "checkpoint_write_time", "Time spent writing files in checkpoints, in milliseconds.", until: 16),
            Counter("pg_stat_bgwriter_checkpoint_sync_time_total", "checkpoint_sync_time", "Time spent synchronising files in checkpoints, in milliseconds.", until: 16),
            Counter("pg_stat_bgwriter_buffers_checkpoint_total", "buffers_checkpoint", "Buffers that checkpoints wrote.", until: 16),
            Counter("pg_stat_bgwriter_buffers_backend_total", "buffers_backend", "Buffers that sessions had to write themselves.", until: 16),
            Counter("pg_stat_bgwriter_buffers_backend_fsync_total", "buffers_backend_fsync", "Times that a session had to synchronise a file itself.", until: 16),
            Counter("pg_stat_bgwriter_buffers_clean_total", "buffers_clean", "Buffers that the background writer wrote."),
            Counter("pg_stat_bgwriter_maxwritten_clean_total", "maxwritten_clean", "Times that the background writer stopped because it had written too much at once."),
            Counter("pg_stat_bgwriter_buffers_alloc_total", "buffers_alloc", "Buffers that were allocated."),
            Gauge("pg_stat_bgwriter_stats_reset_total", "extract(epoch FROM stats_reset)", "When these numbers were set to zero last."),
        ],
        "FROM pg_stat_bgwriter");

    private static readonly MetricQuery checkpointer = new(
        "checkpoints.checkpointer", [],
        [
            Counter("pg_stat_checkpointer_num_timed_total", "num_timed", "Checkpoints that were due by time.", since: 17),
            Counter("pg_stat_checkpointer_num_requested_total", "num_requested", "Checkpoints that were asked for, mostly because max_wal_size was reached.", since: 17),
            Counter("pg_stat_checkpointer_restartpoints_timed_total", "restartpoints_timed", "Restartpoints of a standby that were due by time.", since: 17),
            Counter("pg_stat_checkpointer_restartpoints_req_total", "restartpoints_req", "Restartpoints of a standby that were asked for.", since: 17),
            Counter("pg_stat_checkpointer_restartpoints_done_total", "restartpoints_done", "Restartpoints of a standby that were made.", since: 17),
            Counter("pg_stat_checkpointer_write_time_total", "write_time", "Time spent writing files, in milliseconds.", since: 17),
            Counter("pg_stat_checkpointer_sync_time_total", "sync_time", "Time spent synchronising files, in milliseconds.", since: 17),
            Counter("pg_stat_checkpointer_buffers_written_total", "buffers_written", "Buffers that were written.", since: 17),
            Gauge("pg_stat_checkpointer_stats_reset_total", "extract(epoch FROM stats_reset)", "When these numbers were set to zero last.", since: 17),
        ],
        "FROM pg_stat_checkpointer");

    // One name on every version, so that an alert on it does not go silent with an upgrade.
    private static readonly MetricQuery both = new(
        "checkpoints.both", [new("kind", "kind")],
        [Counter("lockkeeper_checkpoints_total", "n", "Checkpoints by what started them: timed or requested.")],
        "FROM pg_stat_bgwriter, LATERAL (VALUES ('timed', checkpoints_timed), ('requested', checkpoints_req)) AS c (kind, n)",
        newer: (17, "FROM pg_stat_checkpointer, LATERAL (VALUES ('timed', num_timed), ('requested', num_requested)) AS c (kind, n)"));

    public static ICollector Create() => new QueryCollector("checkpoints", CollectorScope.Server, writer, checkpointer, both);
}
