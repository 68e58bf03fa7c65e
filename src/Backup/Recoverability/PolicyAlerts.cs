using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Backup.Recoverability;

/// <summary>Holds what there is against the policy.</summary>
internal static class PolicyAlerts
{
    /// <summary>The rules, each an alert.</summary>
    public const string NoBackup = "backup-missing", Unreadable = "backup-repository-unreadable", Hole = "backup-wal-hole", Dropped = "backup-wal-dropped", RecoveryPoint = "backup-rpo-exceeded", Archiving = "backup-archiving-fails", ServerGone = "backup-server-unreachable",
        Retention = "backup-beyond-retention", NoDrill = "backup-drill-never", DrillFailed = "backup-drill-failed", DrillOverdue = "backup-drill-overdue";

    /// <summary>Whether a drill would end an alert.</summary>
    public static bool IsAboutDrills(Finding alert) => alert.Rule is NoDrill or DrillFailed or DrillOverdue;

    /// <summary>Whether WAL is missing in a repository that no backup was taken after.</summary>
    public static bool HasHole(IReadOnlyList<Finding> alerts, RepositoryView view) => alerts.Any(alert => alert.Rule is Hole or Dropped && alert.Subject == Subject(view));

    /// <summary>What the policy does not allow.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="maps">The repositories with what of them can be restored.</param>
    /// <param name="archiving">What the server says of its archiving; null when it does not answer.</param>
    /// <param name="lastDrill">The last drill's entry; null for none.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Finding> Of(ClusterConfig cluster, IReadOnlyList<(RepositoryView View, RecoverabilityMap Map)> maps, ArchivingState? archiving, JsonObject? lastDrill, DateTimeOffset now)
    {
        var (policy, at) = (cluster.Backup!.Value, cluster.Backup.At);
        var alerts = new List<Finding>();
        if (archiving is null)
            alerts.Add(new Finding(ServerGone, Severity.Error, $"the server of {cluster.Name} does not answer, or does not say how its archiving goes", at));
        else if (archiving.Trouble(policy.ArchiveTimeout) is { } trouble)
            alerts.Add(new Finding(Archiving, Severity.Error, trouble, at, $"When it is mended: lk backup check {cluster.Name}"));
        foreach (var (view, map) in maps)
        {
            if (archiving?.Untrue(view) is { } untrue)
                alerts.Add(new Finding(Dropped, Severity.Error, untrue, policy.Repositories[view.Number - 1].At) { Subject = Subject(view) });
            alerts.AddRange(OfRepository(policy.Repositories[view.Number - 1], view, map));
        }

        if (policy.RecoveryPoint is { } most && maps.Select(one => one.Map.Newest).Max() is { } newest && now - newest > most + policy.ArchiveTimeout)
            alerts.Add(new Finding(RecoveryPoint, Severity.Error, $"what was committed in the last {Durations.Words(now - newest)} would be lost, and the policy allows {Durations.Words(most)}", at));
        if (maps.Any(one => one.View.Sets.Count > 0))
            alerts.AddRange(OfDrills(policy, at, lastDrill, now));
        return alerts;
    }

    private static IEnumerable<Finding> OfRepository(Placed<RepositoryConfig> declared, RepositoryView view, RecoverabilityMap map)
    {
        if (view.Problem is { } problem && view.Sets.Count == 0 && view.Archive.Segments.Count == 0)
            yield return new Finding(Unreadable, Severity.Error, $"{view.Place} cannot be used: {problem}", declared.At) { Subject = Subject(view) };
        else if (view.Sets.Count == 0)
            yield return new Finding(NoBackup, Severity.Error, $"there is no backup in {view.Place}: take one, lk backup take --type full", declared.At) { Subject = Subject(view) };
        foreach (var hole in map.HolesWithoutLaterSet(view.Archive.SegmentBytes))
        {
            yield return new Finding(
                Hole, Severity.Error, string.Create(CultureInfo.InvariantCulture, $"{view.Place} lacks {hole.Segments} WAL {(hole.Segments == 1 ? "segment" : "segments")} from {hole.First} on, and nothing after that can be restored: take a full backup now"), declared.At) { Subject = Subject(view) };
        }

        var fulls = view.Sets.Count(set => set.Kind == BackupKind.Full);
        // One more is there while the next one is being taken.
        if (declared.Value.Days is null && fulls > declared.Value.FullBackups + 1)
            yield return new Finding(Retention, Severity.Warning, $"{view.Place} holds {fulls} full backups, and the policy keeps {declared.Value.FullBackups}", declared.At, "Hold a drill, so that older ones may go: lk backup drill; then: lk backup expire") { Subject = Subject(view) };
    }

    /// <summary>What the policy says of the last drill.</summary>
    public static IEnumerable<Finding> OfDrills(BackupConfig policy, SourcePosition at, JsonObject? last, DateTimeOffset now)
    {
        if (last is null)
            yield return new Finding(NoDrill, Severity.Error, "no restore was ever tried: lk backup drill", at);
        else if ((string?)last["failure"] is { } failure)
            yield return new Finding(DrillFailed, Severity.Error, $"the last drill failed: {failure}", at);
        else if (BackupRecord.Moment(last["at"]) is { } held && now - held > policy.Drill.Every)
            yield return new Finding(DrillOverdue, Severity.Error, $"the last drill was {Durations.Words(now - held)} ago, and the policy asks for one every {Durations.Words(policy.Drill.Every)}", at);
    }

    private static string Subject(RepositoryView view) => string.Create(CultureInfo.InvariantCulture, $"repository {view.Number}");
}
