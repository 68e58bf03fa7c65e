using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Dead rows that stay, and the room that they took.</summary>
internal static class VacuumAlerts
{
    private const string Group = "vacuum";

    private static readonly DiagnosisStep due = new(
        "Which tables have most dead rows?",
        "SELECT schemaname, relname, n_live_tup, n_dead_tup, round(100.0 * n_dead_tup / greatest(n_live_tup + n_dead_tup, 1), 1) AS dead_percent, last_autovacuum, autovacuum_count, (SELECT reloptions FROM pg_class WHERE oid = relid) AS options FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 10");

    private static readonly DiagnosisStep workers = new("What does vacuum do now?", "SELECT p.pid, p.datname, p.relid::regclass AS \"table\", p.phase, p.heap_blks_scanned, p.heap_blks_total, p.index_vacuum_count FROM pg_stat_progress_vacuum p");

    private static readonly DiagnosisStep settings = new("How is autovacuum set up?", "SELECT name, setting, unit FROM pg_settings WHERE name LIKE 'autovacuum%' OR name IN ('vacuum_cost_limit', 'vacuum_cost_delay', 'maintenance_work_mem') ORDER BY name");

    private static readonly DiagnosisStep horizon = new("What is the oldest snapshot?", "SELECT pid, usename, application_name, state, now() - xact_start AS transaction_age, age(backend_xmin) AS xmin_age FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() ORDER BY age(backend_xmin) DESC LIMIT 5");

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresVacuumBehind", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(30), Threshold = 3,
            Expression = "lockkeeper_autovacuum_due_ratio > $threshold and on (target, datname, schemaname, relname) pg_stat_user_tables_n_dead_tup > 10000",
            Summary = "{schemaname}.{relname} in {datname} of {target} has {value} times as many dead rows as autovacuum waits for",
            Runbook = new Runbook
            {
                Meaning = "A table should have been vacuumed long ago: autovacuum is off, held back, too slow, or busy elsewhere.",
                Impact = "The table and its indexes grow, and plans become worse.",
                Diagnosis = [due, workers, horizon, settings],
                Mitigation = ["Something holds the horizon: end it, vacuum cannot help before.", "VACUUM (VERBOSE, ANALYZE) of the table shows what it cannot remove.", "Many workers are busy: raise autovacuum_max_workers and the cost limit.", "One large table: lower its autovacuum_vacuum_scale_factor by ALTER TABLE … SET."],
            },
        },
        new AlertRule
        {
            Name = "PostgresAutovacuumOff", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10),
            Expression = "lockkeeper_autovacuum_enabled == 0",
            Summary = "autovacuum is switched off on {target}",
            Runbook = new Runbook
            {
                Meaning = "autovacuum or track_counts is off for the whole server.",
                Impact = "Dead rows stay, statistics become old, and at the end come emergency vacuums.",
                Diagnosis = [settings, due],
                Mitigation = ["ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf(); — or declare it, and lk provision apply."],
            },
        },
        new AlertRule
        {
            Name = "PostgresTableBloated", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromHours(1), Threshold = 0.6, Unit = AlertUnit.Ratio,
            Expression = "lockkeeper_table_bloat_ratio > $threshold and on (target, datname, schemaname, relname) lockkeeper_table_bloat_bytes > 1073741824",
            Summary = "about {value} of {schemaname}.{relname} in {datname} of {target} is empty",
            Runbook = new Runbook
            {
                Meaning = "By an estimate from statistics, most of a large table is empty.",
                Impact = "Scans read what is not there, and the disk and backups are larger than they need be.",
                Diagnosis = [due, new DiagnosisStep("How large are the largest tables?", "SELECT c.oid::regclass AS \"table\", pg_size_pretty(pg_table_size(c.oid)) AS size, c.reltuples::bigint AS rows FROM pg_class c WHERE c.relkind = 'r' ORDER BY pg_table_size(c.oid) DESC LIMIT 10"), horizon],
                Mitigation = ["Measure before you act: SELECT * FROM pgstattuple_approx('table') (extension pgstattuple).", "pg_repack works beside the application; VACUUM FULL locks it out.", "Then see why it grew: PostgresVacuumBehind, PostgresXminHeld."],
            },
        },
        new AlertRule
        {
            Name = "PostgresIndexBloated", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromHours(1), Threshold = 0.7, Unit = AlertUnit.Ratio,
            Expression = "lockkeeper_index_bloat_ratio > $threshold and on (target, datname, schemaname, relname, indexrelname) lockkeeper_index_bloat_bytes > 1073741824",
            Summary = "about {value} of the index {schemaname}.{indexrelname} in {datname} of {target} is empty",
            Runbook = new Runbook
            {
                Meaning = "By an estimate from statistics, most of a large index is empty.",
                Impact = "Index scans read more pages, and caches hold less.",
                Diagnosis = [new DiagnosisStep("Which indexes are the largest, and are they used?", "SELECT schemaname, relname, indexrelname, pg_size_pretty(pg_relation_size(indexrelid)) AS size, idx_scan FROM pg_stat_user_indexes ORDER BY pg_relation_size(indexrelid) DESC LIMIT 10")],
                Mitigation = ["REINDEX INDEX CONCURRENTLY name;", "Nobody uses it (on any standby either): drop it by a migration."],
            },
        },
    ];
}
