using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>The archive of WAL, on which restores to a moment stand, and the room that WAL takes.</summary>
internal static class ArchivingAlerts
{
    private const string Group = "archiving";

    private static readonly DiagnosisStep archiver = new("What was archived last, and what failed?", "SELECT archived_count, last_archived_wal, last_archived_time, failed_count, last_failed_wal, last_failed_time, now() - last_archived_time AS since_last FROM pg_stat_archiver");

    private static readonly DiagnosisStep settings = new("How is archiving set up?", "SELECT name, setting, source FROM pg_settings WHERE name IN ('archive_mode', 'archive_command', 'archive_library', 'archive_timeout', 'wal_level')");

    private static readonly DiagnosisStep waiting = new("How much waits?", "SELECT count(*) AS files, pg_size_pretty(count(*) * (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size')) AS bytes FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'");

    private static readonly string[] cure = ["lk backup check CLUSTER sends a file and says what is wrong.", "Repository full or gone: make room; archiving goes on by itself, nothing needs a restart.", "A wrong command or a missing program: lk provision plan shows how the setting differs from the declaration.", "Never remove files from pg_wal by hand: the server does not start without them."];

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresArchivingFails", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(2),
            Expression = "lockkeeper_archiver_failing == 1 and on (target) lockkeeper_archiver_enabled == 1",
            Summary = "{target} cannot archive its WAL",
            Runbook = new Runbook { Meaning = "The last attempt to archive a WAL file has failed.", Impact = "What is committed from now on cannot be restored from backups, and pg_wal grows until the disk is full.", Diagnosis = [archiver, settings, waiting], Mitigation = cure },
        },
        new AlertRule
        {
            Name = "PostgresArchivingBehind", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(5), Threshold = 30,
            Expression = "lockkeeper_archiver_waiting_files > $threshold",
            Summary = "{value} WAL files of {target} wait to be archived",
            Runbook = new Runbook { Meaning = "WAL is written faster than it is archived.", Impact = "The recovery point falls behind, and pg_wal grows.", Diagnosis = [waiting, archiver, settings], Mitigation = ["Archive asynchronously and with several processes (pgBackRest: archive-async, process-max).", .. cure] },
        },
        new AlertRule
        {
            Name = "PostgresWalLarge", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10), Threshold = 3,
            Expression = "pg_wal_size_bytes / on (target) pg_settings_max_wal_size_bytes > $threshold",
            Summary = "pg_wal of {target} is {value} times as large as max_wal_size",
            Runbook = new Runbook
            {
                Meaning = "WAL is kept for something: an archiver that fails, a slot, wal_keep_size, or a checkpoint that does not end.",
                Impact = "A full disk stops the server.",
                Diagnosis =
                [
                    new DiagnosisStep("How large is it?", "SELECT count(*) AS files, pg_size_pretty(sum(size)) AS size, min(modification) AS oldest FROM pg_ls_waldir()"),
                    archiver,
                    new DiagnosisStep("Do slots keep it?", "SELECT slot_name, active, pg_size_pretty(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, restart_lsn)) AS keeps FROM pg_replication_slots ORDER BY restart_lsn"),
                    new DiagnosisStep("Which settings keep it?", "SELECT name, setting, unit FROM pg_settings WHERE name IN ('wal_keep_size', 'max_wal_size', 'min_wal_size', 'max_slot_wal_keep_size')"),
                ],
                Mitigation = ["Mend what keeps it: see PostgresArchivingFails and PostgresSlotKeepsWal.", "Then CHECKPOINT frees what nothing keeps."],
            },
        },
    ];
}
