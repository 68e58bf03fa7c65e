using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Evidence;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Backup.Recoverability;

/// <summary>Something that the policy does not allow.</summary>
/// <param name="Words">What.</param>
/// <param name="IsAboutDrills">Whether a drill would end it.</param>
internal sealed record PolicyAlert(string Words, bool IsAboutDrills = false);

/// <summary>Holds what there is against the policy.</summary>
internal static class PolicyAlerts
{
    public static IReadOnlyList<PolicyAlert> Of(BackupConfig policy, IReadOnlyList<(RepositoryView View, RecoverabilityMap Map)> maps, JsonObject? lastDrill, DateTimeOffset now)
    {
        var alerts = new List<PolicyAlert>();
        foreach (var (view, map) in maps)
        {
            if (view.Sets.Count == 0)
                alerts.Add(new PolicyAlert($"there is no backup in {view.Place}: take one, lk backup take --type full"));
            foreach (var hole in map.Holes.Where(hole => view.Sets.All(set => set.Ended < hole.To)))
                alerts.Add(new PolicyAlert(string.Create(CultureInfo.InvariantCulture, $"{view.Place} lacks {hole.Segments} WAL {(hole.Segments == 1 ? "segment" : "segments")} from {hole.First} on, and nothing after that can be restored: take a full backup now")));
        }

        if (policy.RecoveryPoint is { } most && maps.Select(one => one.Map.Newest).Max() is { } newest && now - newest > most + policy.ArchiveTimeout)
            alerts.Add(new PolicyAlert($"what was committed in the last {Durations.Words(now - newest)} would be lost, and the policy allows {Durations.Words(most)}"));
        if (maps.All(one => one.View.Sets.Count == 0))
            return alerts;
        if (lastDrill is null)
            alerts.Add(new PolicyAlert("no restore was ever tried: lk backup drill", IsAboutDrills: true));
        else if ((string?)lastDrill["failure"] is { } failure)
            alerts.Add(new PolicyAlert($"the last drill failed: {failure}", IsAboutDrills: true));
        else if (BackupRecord.Moment(lastDrill["at"]) is { } at && now - at > policy.Drill.Every)
            alerts.Add(new PolicyAlert($"the last drill was {Durations.Words(now - at)} ago, and the policy asks for one every {Durations.Words(policy.Drill.Every)}", IsAboutDrills: true));
        return alerts;
    }
}
