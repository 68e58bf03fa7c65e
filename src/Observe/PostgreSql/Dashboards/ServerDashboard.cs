using Lockkeeper.Observe.Dashboards;
using static Lockkeeper.Observe.Dashboards.PanelKind;
using static Lockkeeper.Observe.Dashboards.PanelUnit;

namespace Lockkeeper.Observe.PostgreSql.Dashboards;

/// <summary>One server: load, waits, locks, replication, WAL, vacuum.</summary>
internal static class ServerDashboard
{
    private const string Here = "{target=\"$target\"}";
    private const string InDatabase = "{target=\"$target\",datname=~\"$datname\"}";

    public static Dashboard Create() => new("lockkeeper-server", "Lockkeeper: one server", ByTarget: true,
        new PanelRow("Load",
            new Panel("Transactions", "Many rollbacks are many errors.", Stacked, PerSecond,
                new PanelQuery($"rate(pg_stat_database_xact_commit{InDatabase}[$__rate_interval])", "commits in {{datname}}"), new PanelQuery($"rate(pg_stat_database_xact_rollback{InDatabase}[$__rate_interval])", "rollbacks in {{datname}}")),
            new Panel("Time of one statement", "Mean over all statements; needs pg_stat_statements.", Lines, Seconds, new PanelQuery($"sum(rate(pg_stat_statements_seconds_total{InDatabase}[$__rate_interval])) / sum(rate(pg_stat_statements_calls_total{InDatabase}[$__rate_interval]))", "mean")),
            new Panel("Sessions by state", "'idle in transaction' holds locks and keeps dead rows.", Stacked, PanelUnit.Number, new PanelQuery($"sum by (state) (pg_stat_activity_count{InDatabase})", "{{state}}")),
            new Panel("What sessions wait for", "Lock: others. IO: the disk. LWLock: contention. Client: the application.", Stacked, PanelUnit.Number, new PanelQuery("sum by (wait_event_type, wait_event) (pg_stat_activity_count{target=\"$target\",state=\"active\",wait_event_type!=\"\"})", "{{wait_event_type}} {{wait_event}}")),
            new Panel("Rows", "What statements did to rows.", Lines, PerSecond,
                new PanelQuery($"sum(rate(pg_stat_database_tup_fetched{InDatabase}[$__rate_interval]))", "fetched by index"), new PanelQuery($"sum(rate(pg_stat_database_tup_inserted{InDatabase}[$__rate_interval]))", "inserted"),
                new PanelQuery($"sum(rate(pg_stat_database_tup_updated{InDatabase}[$__rate_interval]))", "updated"), new PanelQuery($"sum(rate(pg_stat_database_tup_deleted{InDatabase}[$__rate_interval]))", "deleted"))),
        new PanelRow("Locks and long work",
            new Panel("Sessions that wait for locks", "And how many stand behind one another.", Lines, PanelUnit.Number, new PanelQuery($"lockkeeper_blocked_sessions{Here}", "waiting"), new PanelQuery($"lockkeeper_blocked_depth{Here}", "depth")),
            new Panel("Oldest", "Old transactions keep vacuum from its work.", Lines, Seconds,
                new PanelQuery($"lockkeeper_activity_oldest_transaction_seconds{Here}", "transaction"), new PanelQuery($"lockkeeper_activity_oldest_idle_transaction_seconds{Here}", "idle in transaction"), new PanelQuery($"lockkeeper_activity_longest_query_seconds{Here}", "statement"), new PanelQuery($"lockkeeper_blocked_longest_seconds{Here}", "wait for a lock")),
            new Panel("Deadlocks", "The server cancelled one of each pair.", Lines, PerSecond, new PanelQuery($"rate(pg_stat_database_deadlocks{InDatabase}[$__rate_interval])", "{{datname}}"))),
        new PanelRow("Memory and disk",
            new Panel("Found in shared buffers", "Falls when the working set does not fit any more, or a plan has changed.", Lines, Ratio, new PanelQuery($"sum by (datname) (rate(pg_stat_database_blks_hit{InDatabase}[$__rate_interval])) / (sum by (datname) (rate(pg_stat_database_blks_hit{InDatabase}[$__rate_interval])) + sum by (datname) (rate(pg_stat_database_blks_read{InDatabase}[$__rate_interval])))", "{{datname}}")),
            new Panel("Temporary files", "Sorts and hashes that do not fit into work_mem.", Lines, BytesPerSecond, new PanelQuery($"rate(pg_stat_database_temp_bytes{InDatabase}[$__rate_interval])", "{{datname}}")),
            new Panel("Size", "Databases.", Stacked, Bytes, new PanelQuery($"pg_database_size_bytes{InDatabase}", "{{datname}}"))),
        new PanelRow("WAL, checkpoints and archive",
            new Panel("WAL written", "Bytes a second.", Lines, BytesPerSecond, new PanelQuery($"rate(lockkeeper_wal_bytes_total{Here}[$__rate_interval])", "WAL")),
            new Panel("Checkpoints", "Requested ones mean that max_wal_size is small.", Stacked, PerSecond, new PanelQuery($"rate(lockkeeper_checkpoints_total{Here}[$__rate_interval])", "{{kind}}")),
            new Panel("pg_wal", "Grows when something keeps it: the archiver, a slot.", Lines, Bytes, new PanelQuery($"pg_wal_size_bytes{Here}", "pg_wal"), new PanelQuery($"pg_settings_max_wal_size_bytes{Here}", "max_wal_size")),
            new Panel("Waiting to be archived", "WAL files.", Lines, PanelUnit.Number, new PanelQuery($"lockkeeper_archiver_waiting_files{Here}", "files"))),
        new PanelRow("Replication",
            new Panel("Lag of this standby", "Only on a standby.", Lines, Seconds, new PanelQuery($"pg_replication_lag_seconds{Here}", "lag"), new PanelQuery($"lockkeeper_standby_last_message_age_seconds{Here}", "last heard of the primary")),
            new Panel("Bytes that standbys have not replayed", "Only on a primary.", Lines, Bytes, new PanelQuery($"pg_stat_replication_pg_wal_lsn_diff{Here}", "{{application_name}}")),
            new Panel("WAL kept by slots", "An abandoned slot fills the disk.", Lines, Bytes, new PanelQuery($"pg_replication_slots_pg_wal_lsn_diff{Here}", "{{slot_name}}"))),
        new PanelRow("Vacuum",
            new Panel("Transaction ids used", "Share of the way to a server that takes no more writes.", Lines, Ratio, new PanelQuery($"lockkeeper_wraparound_used_ratio{InDatabase}", "{{datname}}")),
            new Panel("Tables that are due", "More than autovacuum's threshold.", Lines, PanelUnit.Number, new PanelQuery($"lockkeeper_autovacuum_due_tables{InDatabase}", "vacuum in {{datname}}"), new PanelQuery($"lockkeeper_autoanalyze_due_tables{InDatabase}", "analyze in {{datname}}")),
            new Panel("Workers", "All busy for long: more of them, or a higher cost limit.", Lines, PanelUnit.Number, new PanelQuery($"lockkeeper_autovacuum_workers{Here}", "at work"), new PanelQuery($"lockkeeper_autovacuum_workers_limit{Here}", "limit")),
            new Panel("Who holds the xmin horizon", "Transactions since the oldest snapshot of each.", Table, PanelUnit.Number, new PanelQuery($"lockkeeper_xmin_age{Here}", "{{holder}} {{name}}"))),
        new PanelRow("What watching costs",
            new Panel("Collectors", "Seconds of the last run.", Lines, Seconds, new PanelQuery($"lockkeeper_collector_duration_seconds{Here}", "{{collector}} {{database}}")),
            new Panel("Scrape", "Of the whole target.", Lines, Seconds, new PanelQuery($"lockkeeper_scrape_duration_seconds{Here}", "scrape"))));
}
