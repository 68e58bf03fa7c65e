using System.Text.Json.Nodes;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Rds;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Managed;

/// <summary>A look at all that is known of the backups of a managed cluster, held against its policy.</summary>
/// <param name="Place">Where the service is.</param>
/// <param name="View">What it has.</param>
/// <param name="Map">Which moments can be restored.</param>
/// <param name="Evidence">What drills have shown.</param>
/// <param name="Drills">The entries of the drills, the oldest first.</param>
/// <param name="Alerts">What the policy does not allow.</param>
/// <param name="Now">When it was looked.</param>
internal sealed record ManagedLook(string Place, ManagedView View, RecoverabilityMap Map, IReadOnlyList<DrillEvidence> Evidence, IReadOnlyList<JsonObject> Drills, IReadOnlyList<Finding> Alerts, DateTimeOffset Now)
{
    /// <summary>The last drill's entry; null for none.</summary>
    public JsonObject? LastDrill => Drills.LastOrDefault();

    /// <summary>Looks.</summary>
    public static async Task<ManagedLook> AtAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var (backups, record) = (RdsBackups.Of(cluster, workspace), new BackupRecord(cluster, workspace));
        workspace.Progress.Now($"asking the service for the backups of {cluster.Name}");
        var (view, now) = (await backups.ReadAsync(cancel), workspace.Clock.GetUtcNow());
        var (evidence, drills) = (await record.EvidenceAsync(cancel), await record.DrillsAsync(cancel));
        workspace.Progress.Now(null);
        var map = new RecoverabilityMap(ManagedMap.Of(view, evidence), [], new Dictionary<string, string>(), new Dictionary<string, Wal.ArchivedSegment>());
        return new ManagedLook(backups.Place, view, map, evidence, drills, ManagedAlerts.Of(cluster, view, drills.LastOrDefault(), now), now);
    }
}
