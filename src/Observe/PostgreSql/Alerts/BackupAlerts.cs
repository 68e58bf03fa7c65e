using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Backups, held against the policy of their cluster. Archiving itself is watched on the server: see <see cref="ArchivingAlerts"/>.</summary>
internal static class BackupAlerts
{
    private const string Group = "backup";

    private static readonly DiagnosisStep archiver = new(
        "How does the server's archiving go?",
        "SELECT archived_count, last_archived_wal, now() - last_archived_time AS last_archived, failed_count, last_failed_wal, now() - last_failed_time AS last_failed, current_setting('archive_command') AS archive_command FROM pg_stat_archiver");

    private static readonly DiagnosisStep waiting = new("How much WAL waits to be archived?", "SELECT count(*) FILTER (WHERE name LIKE '%.ready') AS waiting, count(*) AS files FROM pg_ls_archive_statusdir()");

    private static readonly DiagnosisStep[] questions = [archiver, waiting];

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        Of("BackupUnwatched", AlertSeverity.Warning, TimeSpan.FromMinutes(30), "lockkeeper_backup_up == 0", "the backups of {target} cannot be looked at",
            "Neither the repositories nor the server say how the backups stand; lockkeeper_target_down names the reason.", "Nobody would hear of a backup that fails.",
            "lk backup list CLUSTER says what is wrong, in words.", "The host must be reachable, and pgBackRest installed there; lk doctor and lk provision plan say what is missing."),
        Of("BackupMissing", AlertSeverity.Critical, TimeSpan.FromMinutes(5), Broken("backup-missing"), "{target} has no backup in repository {repository}",
            "The policy names a repository, and there is no backup in it.", "When the server is lost, all is lost.",
            "Take one: lk backup take CLUSTER --type full", "See why none was taken: the unit or cron entry of the schedule, and its journal."),
        Of("BackupRepositoryUnreadable", AlertSeverity.Critical, TimeSpan.FromMinutes(10), Broken("backup-repository-unreadable"), "repository {repository} of {target} cannot be used",
            "Nothing can be read from the repository: its disk or store does not answer, or the credentials or the pass of its encryption are others.", "Backups and WAL do not get there, and nothing can be restored from it.",
            "lk backup list CLUSTER shows the program's own words.", "Mount the disk, or correct address and credentials of the store; WAL that waits on the server goes there by itself afterwards.", "It is gone for good: declare another one, lk provision apply, and take a full backup at once."),
        new AlertRule
        {
            Name = "BackupTooOld", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10), Threshold = 691_200, Unit = AlertUnit.Seconds,
            Expression = "lockkeeper_backup_age_seconds > $threshold",
            Summary = "the last backup of {target} in repository {repository} is {value} old",
            Runbook = new Runbook
            {
                Meaning = "No backup of any type has ended for longer than a weekly schedule would have it; a project with a daily one sets a lower threshold.",
                Impact = "A restore must replay all WAL since then, which takes long, and one lost segment loses everything after it.",
                Diagnosis = questions,
                Mitigation = ["See why none was taken: the unit or cron entry of the schedule, and its journal.", "Take one: lk backup take CLUSTER"],
            },
        },
        Of("BackupWalHole", AlertSeverity.Critical, TimeSpan.Zero, Broken("backup-wal-(hole|dropped)"), "WAL is missing in repository {repository} of {target}, and nothing after it can be restored",
            "The archive's own listing lacks segments that no later backup stands after, or the server calls archived what is not there.", "The moments after the hole cannot be restored, though backups and archiving look well.",
            "Take a full backup now: lk backup take CLUSTER --type full; from its end on all can be restored again. 'on_hole: full' and a timer with lk backup alerts do it by themselves.", "Find out who removed them: archive-push-queue-max, another archive_command, or a clean-up of files."),
        Of("BackupWouldLoseTooMuch", AlertSeverity.Critical, TimeSpan.FromMinutes(2), Broken("backup-rpo-exceeded"), "more of {target} would be lost than its policy allows",
            "The newest moment that can be restored is older than 'rpo'.", "What was committed since would be lost with the server.",
            "Archiving fails or hangs: see the runbooks of PostgresArchivingFails and PostgresArchivingBehind.", "The server is quiet and archive_timeout is longer than rpo: make it shorter (backup: archive_timeout)."),
        Of("BackupBeyondRetention", AlertSeverity.Warning, TimeSpan.FromHours(1), Broken("backup-beyond-retention"), "repository {repository} of {target} holds more full backups than its policy keeps",
            "Old backups are not removed: the last one that a drill has restored is kept until a newer one is proven.", "The repository fills up.",
            "Hold a drill: lk backup drill CLUSTER", "Then: lk backup expire CLUSTER"),
        Of("BackupDrillFailed", AlertSeverity.Critical, TimeSpan.Zero, Broken("backup-drill-failed"), "the last restore of {target} that was tried failed",
            "A copy could not be restored, did not start, or did not hold what it must.", "In earnest it would fail as well.",
            "lk backup list CLUSTER shows the drill and its reason.", "The set is damaged: take a full backup, and drill again: lk backup drill CLUSTER", "It was the drill's own surroundings (disk, memory): mend them, and drill again."),
        Of("BackupDrillOverdue", AlertSeverity.Warning, TimeSpan.FromHours(1), Broken("backup-drill-(overdue|never)"), "no restore of {target} was tried for longer than its policy allows",
            "A backup that nobody has restored is a hope.", "Whether backups can be restored is not known.",
            "lk backup drill CLUSTER, and put it on a timer."),
    ];

    private static string Broken(string rule) => rule.Contains('(', StringComparison.Ordinal) ? $"lockkeeper_backup_policy_broken{{rule=~\"{rule}\"}} == 1" : $"lockkeeper_backup_policy_broken{{rule=\"{rule}\"}} == 1";

    private static AlertRule Of(string name, AlertSeverity severity, TimeSpan lasts, string expression, string summary, string meaning, string impact, params IReadOnlyList<string> mitigation) => new()
    {
        Name = name, Group = Group, Severity = severity, For = lasts, Expression = expression, Summary = summary,
        Runbook = new Runbook { Meaning = meaning, Impact = impact, Diagnosis = questions, Mitigation = mitigation },
    };
}
