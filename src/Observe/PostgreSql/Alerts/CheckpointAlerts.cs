using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Checkpoints that come too often.</summary>
internal static class CheckpointAlerts
{
    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresCheckpointsTooOften", Group = "checkpoints", Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(5), Threshold = 5,
            Expression = "increase(lockkeeper_checkpoints_total{kind=\"requested\"}[10m]) > $threshold",
            Summary = "{value} checkpoints of {target} within 10 minutes were forced by WAL",
            Runbook = new Runbook
            {
                Meaning = "max_wal_size is reached again and again before checkpoint_timeout.",
                Impact = "Each checkpoint makes whole pages go into WAL again: more WAL, more writing, slower statements.",
                Diagnosis =
                [
                    new DiagnosisStep("How are checkpoints set up?", "SELECT name, setting, unit FROM pg_settings WHERE name IN ('max_wal_size', 'checkpoint_timeout', 'checkpoint_completion_target', 'full_page_writes', 'wal_compression')"),
                    new DiagnosisStep("How much WAL is written?", "SELECT wal_records, wal_fpi AS full_pages, pg_size_pretty(wal_bytes) AS wal, stats_reset FROM pg_stat_wal") { Since = 14 },
                    new DiagnosisStep("Who writes now?", "SELECT pid, usename, application_name, now() - query_start AS runs_for, wait_event, left(query, 150) AS statement FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY query_start LIMIT 10"),
                ],
                Mitigation = ["Raise max_wal_size (a reload): room for WAL of two checkpoint_timeouts under load.", "A bulk load: let it be, it ends."],
            },
        },
    ];
}
