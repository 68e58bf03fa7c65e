using Lockkeeper.Observe.Metrics;
using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Replication as the primary sees it and as a standby does.</summary>
internal static class Replication
{
    /// <summary>
    /// A standby that is cut off has replayed all that it has received, so that received = replayed says nothing about lag. Zero is right only while WAL streams and the sender was heard of
    /// within wal_receiver_timeout; otherwise the lag is the time since the last commit that was replayed or the last word of the sender, whichever is longer ago.
    /// </summary>
    private const string Lag =
        """
        CASE WHEN NOT pg_is_in_recovery() THEN 0
             WHEN r.status = 'streaming' AND clock_timestamp() - r.last_msg_receipt_time < interval '30 s' AND pg_last_wal_receive_lsn() IS NOT DISTINCT FROM pg_last_wal_replay_lsn() THEN 0
             ELSE greatest(0, extract(epoch FROM clock_timestamp() - coalesce(least(pg_last_xact_replay_timestamp(), CASE WHEN r.status = 'streaming' THEN NULL ELSE r.last_msg_receipt_time END), pg_postmaster_start_time()))) END
        """;

    private static readonly MetricQuery here = new(
        "replication", [],
        [
            Gauge("pg_replication_lag_seconds", Lag, "How far a standby is behind; 0 only while it streams. postgres_exporter says 0 of one that is cut off."),
            Gauge("pg_replication_is_replica", "pg_is_in_recovery()::int", "Whether the server is in recovery."),
            Gauge("pg_replication_last_replay_seconds", "CASE WHEN pg_is_in_recovery() THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) ELSE 0 END", "How old the last commit is that was replayed."),
        ],
        "FROM (SELECT 1) one LEFT JOIN pg_stat_wal_receiver r ON true",
        "pg_read_all_stats");

    private static readonly MetricQuery standby = new(
        "replication.standby", [],
        [
            Gauge("lockkeeper_standby_streaming", "coalesce((r.status = 'streaming')::int, 0)", "Whether a receiver of WAL is connected to the primary."),
            Gauge("lockkeeper_standby_last_message_age_seconds", "extract(epoch FROM clock_timestamp() - r.last_msg_receipt_time)", "How long ago the primary was heard of; no sample when no receiver runs."),
            Gauge("lockkeeper_standby_received_lsn_bytes", "pg_last_wal_receive_lsn() - '0/0'::pg_lsn", "Up to where WAL was received."),
            Gauge("lockkeeper_standby_replayed_lsn_bytes", "pg_last_wal_replay_lsn() - '0/0'::pg_lsn", "Up to where WAL was replayed."),
            Gauge("lockkeeper_standby_replay_paused", "pg_is_wal_replay_paused()::int", "Whether replay was paused."),
        ],
        "FROM (SELECT 1) one LEFT JOIN pg_stat_wal_receiver r ON true",
        "pg_read_all_stats", ServerRole.Standby);

    private static readonly MetricQuery senders = new(
        "replication.senders",
        [new("application_name", "r.application_name"), new("client_addr", "r.client_addr"), new("state", "r.state"), new("slot_name", "(SELECT slot_name FROM pg_replication_slots s WHERE s.active_pid = r.pid)")],
        [
            Gauge("pg_stat_replication_pg_current_wal_lsn_bytes", "w.now - '0/0'::pg_lsn", "Up to where WAL was written here."),
            Gauge("pg_stat_replication_pg_wal_lsn_diff", "w.now - r.replay_lsn", "Bytes of WAL that the standby has not replayed."),
            Gauge("lockkeeper_replication_sent_lag_bytes", "w.now - r.sent_lsn", "Bytes of WAL that were not sent yet."),
            Gauge("lockkeeper_replication_write_lag_bytes", "w.now - r.write_lsn", "Bytes of WAL that the standby has not written."),
            Gauge("lockkeeper_replication_flush_lag_bytes", "w.now - r.flush_lsn", "Bytes of WAL that the standby has not on its disk."),
            Gauge("lockkeeper_replication_replay_lag_seconds", "extract(epoch FROM r.replay_lag)", "Time between a commit here and its replay there, while there is something to replay."),
            Gauge("lockkeeper_replication_reply_age_seconds", "extract(epoch FROM clock_timestamp() - r.reply_time)", "How long ago the standby was heard of."),
            Gauge("lockkeeper_replication_is_sync", "(r.sync_state IN ('sync', 'quorum'))::int", "Whether commits wait for this standby."),
        ],
        "FROM pg_stat_replication r, (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END AS now) w",
        "pg_read_all_stats");

    // Series of a standby that is gone vanish with its row: their number does not.
    private static readonly MetricQuery count = new(
        "replication.count", [],
        [Gauge("lockkeeper_replication_standbys", "count(*) FILTER (WHERE state = 'streaming')", "Standbys and other receivers that stream WAL from here.")],
        "FROM pg_stat_replication", "pg_read_all_stats");

    public static ICollector Create() => new QueryCollector("replication", CollectorScope.Server, here, standby, senders, count);
}
