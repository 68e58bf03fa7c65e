using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>What is not as it usually is at this hour of the week.</summary>
internal static class AnomalyAlerts
{
    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            // No time of its own: what is told has lasted for half an hour.
            Name = "PostgresRateUnusual", Group = "anomalies", Severity = AlertSeverity.Warning, Threshold = 4,
            Expression = "lockkeeper_anomaly > $threshold",
            Summary = "{target}: {rate} of {subject}: {value} spreads {direction} what is usual at this time",
            Runbook = new Runbook
            {
                Meaning = "A rate of a database, table or statement has been far from what is usual at this hour of the week for half an hour.",
                Impact = "None by itself. It is how a runaway job, a lost index, a client that retries for ever or a part of the application that has stopped first shows.",
                Diagnosis =
                [
                    new DiagnosisStep("What runs now, and for how long?", "SELECT pid, usename, application_name, state, now() - query_start AS runs, left(query, 80) AS query FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() ORDER BY query_start LIMIT 20"),
                    new DiagnosisStep("Which tables are read and written most?", "SELECT schemaname, relname, seq_scan, seq_tup_read, idx_scan, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY seq_tup_read + n_tup_upd + n_tup_del DESC LIMIT 10"),
                ],
                Mitigation = ["'lk observe anomalies' says what is usual, since when, and which run of the project came just before.", "After a release: 'lk observe regressions'.", "When it is meant to be so: silence it, in four weeks it is usual."],
            },
        },
    ];
}
