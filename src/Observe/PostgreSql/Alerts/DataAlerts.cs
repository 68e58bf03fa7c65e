using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Damage, and work that fails.</summary>
internal static class DataAlerts
{
    private const string Group = "data";

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresChecksumFailures", Group = Group, Severity = AlertSeverity.Critical,
            Expression = "lockkeeper_database_checksum_failures_total > 0",
            Summary = "{value} pages of {datname} of {target} had a wrong checksum",
            Runbook = new Runbook
            {
                Meaning = "The disk or memory has changed data.",
                Impact = "Rows are lost or wrong; more may follow.",
                Diagnosis =
                [
                    new DiagnosisStep("Where, and when last?", "SELECT datname, checksum_failures, checksum_last_failure FROM pg_stat_database WHERE checksum_failures > 0"),
                    new DiagnosisStep("Are checksums on?", "SELECT current_setting('data_checksums') AS data_checksums, current_setting('ignore_checksum_failure', true) AS ignore_checksum_failure"),
                ],
                Mitigation = ["Fail over to a standby, whose disk is another one.", "Check it: lk backup drill CLUSTER proves the newest backup.", "Keep the damaged files; replace disk and memory before the host serves again."],
            },
        },
        new AlertRule
        {
            Name = "PostgresRollbacks", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10), Threshold = 0.2, Unit = AlertUnit.Ratio,
            Expression = "rate(pg_stat_database_xact_rollback[5m]) / (rate(pg_stat_database_xact_commit[5m]) + rate(pg_stat_database_xact_rollback[5m])) > $threshold and rate(pg_stat_database_xact_rollback[5m]) > 1",
            Summary = "{value} of the transactions of {datname} of {target} are rolled back",
            Runbook = new Runbook
            {
                Meaning = "Many transactions fail: errors, lock or serialization conflicts, or an application that always rolls back.",
                Impact = "Requests fail or are tried again.",
                Diagnosis =
                [
                    new DiagnosisStep("Since when, and are they conflicts?", "SELECT datname, xact_commit, xact_rollback, deadlocks, conflicts, stats_reset FROM pg_stat_database WHERE datname IS NOT NULL ORDER BY xact_rollback DESC LIMIT 10"),
                    new DiagnosisStep("Who is aborted now?", "SELECT usename, application_name, state, count(*) FROM pg_stat_activity WHERE state LIKE '%aborted%' GROUP BY 1, 2, 3"),
                ],
                Mitigation = ["The server's log has the errors: count them by SQLSTATE (log_line_prefix with %e).", "It began with a release: roll the release back, then look."],
            },
        },
        new AlertRule
        {
            Name = "PostgresTempFiles", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10), Threshold = 50 << 20, Unit = AlertUnit.Bytes,
            Expression = "rate(pg_stat_database_temp_bytes[5m]) > $threshold",
            Summary = "statements of {datname} of {target} write {value} of temporary files a second",
            Runbook = new Runbook
            {
                Meaning = "Sorts and hashes do not fit into work_mem.",
                Impact = "They are slow, and the disk is busy or full.",
                Diagnosis = [new DiagnosisStep("Who has temporary files?", "SELECT datname, temp_files, pg_size_pretty(temp_bytes) AS written, stats_reset FROM pg_stat_database WHERE temp_files > 0 ORDER BY temp_bytes DESC"), new DiagnosisStep("How much memory may a sort have?", "SELECT name, setting, unit FROM pg_settings WHERE name IN ('work_mem', 'hash_mem_multiplier', 'temp_file_limit', 'log_temp_files')")],
                Mitigation = ["log_temp_files = 10MB names the statements.", "Raise work_mem for the role that needs it (ALTER ROLE … SET work_mem), not for all.", "temp_file_limit keeps one statement from filling the disk."],
            },
        },
    ];
}
