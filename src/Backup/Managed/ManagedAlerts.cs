using System.Text.Json.Nodes;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Backup.Managed;

/// <summary>Holds what a managed service has of a cluster against its policy. The rules have the same names as those of own clusters.</summary>
internal static class ManagedAlerts
{
    /// <summary>What the policy does not allow; without a policy, what is wrong in any case.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="view">What the service has.</param>
    /// <param name="lastDrill">The last drill's entry; null for none.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Finding> Of(ClusterConfig cluster, ManagedView view, JsonObject? lastDrill, DateTimeOffset now)
    {
        SourcePosition at = (cluster.Backup?.At ?? cluster.Managed?.At)!;
        var alerts = new List<Finding>();
        if (!view.Exists)
            alerts.Add(new Finding(PolicyAlerts.ServerGone, Severity.Error, $"{cluster.Name} is not in the service: what is left are its snapshots", at));
        else if (view.Latest is null)
            alerts.Add(new Finding(PolicyAlerts.Archiving, Severity.Error, $"the service keeps no log of {cluster.Name} to restore a moment from: automated backups are off (managed: backup_days)", at));
        if (view.Newest is null)
            alerts.Add(new Finding(PolicyAlerts.NoBackup, Severity.Error, $"there is no backup of {cluster.Name} in the service: take one, lk backup take", at));
        if (cluster.Backup?.Value is not { } policy)
            return alerts;
        if (policy.RecoveryPoint is { } most && view.Newest is { } newest && now - newest > most)
            alerts.Add(new Finding(PolicyAlerts.RecoveryPoint, Severity.Error, $"what was committed in the last {Durations.Words(now - newest)} would be lost, and the policy allows {Durations.Words(most)}", at));
        if (view.Newest is not null)
            alerts.AddRange(PolicyAlerts.OfDrills(policy, at, lastDrill, now));
        return alerts;
    }
}
