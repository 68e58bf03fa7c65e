using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Indexes that are not valid, sequences that end, settings that do not hold yet.</summary>
internal static class StructureAlerts
{
    private const string Group = "structure";

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresInvalidIndex", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromHours(1),
            Expression = "lockkeeper_invalid_index == 1",
            Summary = "the index {schemaname}.{indexrelname} in {datname} of {target} is not valid",
            Runbook = new Runbook
            {
                Meaning = "CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY has failed and left it.",
                Impact = "Every write keeps it up, no query uses it; a unique one may not hold.",
                Diagnosis =
                [
                    new DiagnosisStep("Which are they?", "SELECT i.indexrelid::regclass AS index, i.indrelid::regclass AS \"table\", i.indisunique, i.indisready, pg_size_pretty(pg_relation_size(i.indexrelid)) AS size, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i WHERE NOT i.indisvalid"),
                    new DiagnosisStep("Is one being built?", "SELECT pid, relid::regclass AS \"table\", index_relid::regclass AS index, command, phase, blocks_done, blocks_total FROM pg_stat_progress_create_index"),
                ],
                Mitigation = ["DROP INDEX CONCURRENTLY name; then build it again. 'lk migrate apply' of the same migration does both by itself.", "Its name ends with _ccnew or _ccold: a REINDEX has left it; drop it."],
            },
        },
        new AlertRule
        {
            Name = "PostgresSequenceNearEnd", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10), Threshold = 0.75, Unit = AlertUnit.Ratio,
            Expression = "lockkeeper_sequence_used_ratio > $threshold",
            Summary = "{schemaname}.{sequencename} in {datname} of {target} has used {value} of its numbers",
            Runbook = new Runbook
            {
                Meaning = "A sequence, or the column that it fills, comes to its end.",
                Impact = "At the end every INSERT fails.",
                Diagnosis = [new DiagnosisStep("Which sequences are nearest to their end?", "SELECT schemaname, sequencename, data_type, last_value, max_value, round(100.0 * last_value / max_value, 2) AS used_percent FROM pg_sequences WHERE last_value IS NOT NULL ORDER BY last_value::numeric / max_value DESC LIMIT 10")],
                Mitigation = ["Widen the column to bigint beside the running application: lk migrate expand --intent change-type.", "Until then: ALTER SEQUENCE … MINVALUE -2147483648 RESTART gives as many numbers again, when the application stands negative ones."],
            },
        },
        new AlertRule
        {
            Name = "PostgresRestartPending", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromDays(1),
            Expression = "lockkeeper_settings_pending_restart > 0",
            Summary = "{value} settings of {target} wait for a restart",
            Runbook = new Runbook
            {
                Meaning = "Settings were changed that hold from the next restart on.",
                Impact = "The server does not run as it is declared; the next restart, planned or not, changes it.",
                Diagnosis = [new DiagnosisStep("Which are they?", "SELECT name, setting AS present, source, sourcefile, sourceline FROM pg_settings WHERE pending_restart")],
                Mitigation = ["Restart in a window: lk provision apply --restart does it, standbys first by hand.", "Nobody meant it: take the change back."],
            },
        },
    ];
}
