using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Standbys, as the standby sees itself and as the primary sees it.</summary>
internal static class ReplicationAlerts
{
    private const string Group = "replication";

    private static readonly DiagnosisStep senders = new(
        "Who streams from here, and where does each hang? sent − write is the network, write − flush the disk, flush − replay the work of the standby.",
        "SELECT application_name, client_addr, state, sync_state, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, sent_lsn) AS not_sent, pg_wal_lsn_diff(sent_lsn, write_lsn) AS not_written, pg_wal_lsn_diff(write_lsn, flush_lsn) AS not_flushed, pg_wal_lsn_diff(flush_lsn, replay_lsn) AS not_replayed, replay_lag, reply_time FROM pg_stat_replication ORDER BY application_name");

    private static readonly DiagnosisStep receiver = new(
        "On the standby: is it connected, and when did it hear of the primary?",
        "SELECT r.status, r.sender_host, r.sender_port, r.slot_name, r.latest_end_lsn, r.latest_end_time, r.last_msg_receipt_time FROM pg_stat_wal_receiver r");

    private static readonly DiagnosisStep replay = new(
        "On the standby: how far is it, and is replay paused?",
        "SELECT pg_is_in_recovery() AS is_standby, pg_last_wal_receive_lsn() AS received, pg_last_wal_replay_lsn() AS replayed, pg_last_xact_replay_timestamp() AS last_commit_replayed, CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END AS paused");

    private static readonly DiagnosisStep conflicts = new(
        "On the standby: which queries hold up replay?",
        "SELECT pid, usename, now() - xact_start AS transaction_age, age(backend_xmin) AS xmin_age, left(query, 150) AS statement FROM pg_stat_activity WHERE backend_xmin IS NOT NULL ORDER BY xact_start LIMIT 10");

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresStandbyDisconnected", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(2),
            Expression = "lockkeeper_standby_streaming == 0",
            Summary = "the standby {target} receives no WAL from its primary",
            Runbook = new Runbook
            {
                Meaning = "The server is in recovery, and its receiver of WAL is not connected. Its lag grows, whatever other tools say of it.",
                Impact = "A failover to it loses data; reads on it are old; a slot on the primary keeps WAL until the disk is full.",
                Diagnosis = [receiver, replay],
                Mitigation = ["Look in the standby's log: 'requested WAL segment has already been removed' needs restore_command or a new copy; a password or pg_hba error needs mending on the primary.", "Try from the standby's host: psql with primary_conninfo and replication=database.", "Build it anew with 'lk backup restore' to the end and standby.signal, or pg_basebackup."],
            },
        },
        new AlertRule
        {
            Name = "PostgresStandbySilent", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(1), Threshold = 60, Unit = AlertUnit.Seconds,
            Expression = "lockkeeper_standby_last_message_age_seconds > $threshold",
            Summary = "the standby {target} has heard nothing of its primary for {value}",
            Runbook = new Runbook
            {
                Meaning = "The connection to the primary stands, and nothing comes through it: typically a network that drops packets.",
                Impact = "As with a standby that is disconnected, only later noticed: wal_receiver_timeout ends it.",
                Diagnosis = [receiver, replay],
                Mitigation = ["Look at the network between the two hosts; firewalls forget idle connections.", "Set wal_receiver_timeout and tcp_keepalives_idle lower."],
            },
        },
        new AlertRule
        {
            Name = "PostgresReplicaLags", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(2), Threshold = 30, Unit = AlertUnit.Seconds,
            Expression = "pg_replication_lag_seconds > $threshold and on (target) pg_replication_is_replica == 1",
            Summary = "the standby {target} is {value} behind",
            Runbook = new Runbook
            {
                Meaning = "The standby replays commits later than it should.",
                Impact = "Reads on it are old, and a failover takes longer or loses data.",
                Diagnosis = [replay, receiver, conflicts],
                Mitigation = ["Received and replayed are the same: the primary or the network is slow; see senders on the primary.", "Replayed is behind: a long query conflicts (cancel it, or lower max_standby_streaming_delay), or the disk cannot keep up.", "A big job on the primary: let it go slower (backfills of 'lk migrate' look at the lag by themselves)."],
            },
        },
        new AlertRule
        {
            Name = "PostgresReplicationLagBytes", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(5), Threshold = 256 << 20, Unit = AlertUnit.Bytes,
            Expression = "pg_stat_replication_pg_wal_lsn_diff > $threshold",
            Summary = "{application_name} has {value} of WAL of {target} still to replay",
            Runbook = new Runbook
            {
                Meaning = "A receiver is far behind in bytes, as the primary sees it.",
                Impact = "WAL stays on the primary for it when it has a slot; a failover to it takes longer.",
                Diagnosis = [senders],
                Mitigation = ["not_sent grows: the network or the primary's processors. not_written or not_flushed: the standby's disk. not_replayed: queries on the standby, or one processor that replays.", "Lower the load of bulk jobs on the primary."],
            },
        },
        new AlertRule
        {
            Name = "PostgresStandbyLost", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(1),
            // pg_basebackup and its like stream for the time that they run.
            Expression = """
                max by (target, application_name) (max_over_time(pg_stat_replication_pg_wal_lsn_diff{state="streaming",application_name!~".*backup.*|pg_receivewal|pg_rewind"}[1h]))
                unless on (target, application_name) pg_stat_replication_pg_wal_lsn_diff
                and on (target) pg_up == 1
                """,
            Summary = "{application_name} streamed WAL from {target} within the last hour and does not any more",
            Runbook = new Runbook
            {
                Meaning = "A standby (or another receiver of WAL) that streamed from here has gone.",
                Impact = "Less safety against the loss of the primary; with synchronous replication commits may wait.",
                Diagnosis = [senders, new DiagnosisStep("Which slots has nobody?", "SELECT slot_name, slot_type, active, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, restart_lsn) AS bytes_kept, wal_status FROM pg_replication_slots WHERE NOT active")],
                Mitigation = ["Look at the standby itself: is it up, does it report PostgresStandbyDisconnected?", "It was taken out on purpose: drop its slot, or WAL piles up."],
            },
        },
        new AlertRule
        {
            Name = "PostgresReplayPaused", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10),
            Expression = "lockkeeper_standby_replay_paused == 1",
            Summary = "replay is paused on the standby {target}",
            Runbook = new Runbook
            {
                Meaning = "Somebody called pg_wal_replay_pause(), or a setting of the primary is larger than here (recovery pauses by itself then).",
                Impact = "The standby falls behind for as long as it lasts.",
                Diagnosis = [replay, new DiagnosisStep("Settings that must not be smaller than on the primary", "SELECT name, setting FROM pg_settings WHERE name IN ('max_connections', 'max_worker_processes', 'max_wal_senders', 'max_prepared_transactions', 'max_locks_per_transaction')")],
                Mitigation = ["SELECT pg_wal_replay_resume();", "A setting is too small: raise it and restart the standby."],
            },
        },
    ];
}
