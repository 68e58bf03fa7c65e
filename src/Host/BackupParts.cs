using Lockkeeper.Backup;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Provision;
using Lockkeeper.Provision.Clusters;

namespace Lockkeeper.Host;

/// <summary>Backups as a part of a declared cluster: what Provision asks of Backup.</summary>
internal sealed class BackupParts : IClusterPart
{
    // What pushes WAL is there before the server is told to use it.
    public bool ComesLast => false;

    public IReadOnlyDictionary<string, Placed<string>> Parameters(ClusterConfig cluster) => BackupSetup.Parameters(cluster);

    public async Task<IReadOnlyList<ClusterPartStep>> CompareAsync(ClusterConfig cluster, IHost host, Workspace workspace, CancellationToken cancel) =>
        [.. (await BackupSetup.CompareAsync(cluster, host, workspace, cancel)).Select(step => new ClusterPartStep(step.Object, step.Change, step.Script, cluster.Backup?.At, step.DoAsync))];

    public Task RemoveAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel) => BackupSetup.RemoveScheduleAsync(cluster, workspace, cancel);
}

/// <summary>Restore points before dangerous migrations: what Migrate asks of Backup.</summary>
internal sealed class RestorePoints : IRestorePoints
{
    public async Task<IReadOnlyList<PlannedRestorePoint>> PlanAsync(DangerousRun before, Workspace workspace, CancellationToken cancel)
    {
        var places = before.Steps.Select(step => new EndangeredPlace(step.Url, step.IsPooled, step.Step, step.Destroys)).ToList();
        return [.. (await BackupRestorePoint.PlanAsync(before.Environment, before.Database, places, workspace, cancel))
            .Select(point => new PlannedRestorePoint(point.Cluster, point.Name, point.Step, point.Words, point.Command, point.MakeAsync))];
    }
}

/// <summary>What Backup asks of Provision about a restored server.</summary>
internal sealed class DeclarationCheck : IDeclarationCheck
{
    public Task<IReadOnlyList<string>> DifferencesAsync(ClusterConfig cluster, string? url, Workspace workspace, CancellationToken cancel) => DeclarationComparison.DifferencesAsync(cluster, url, workspace, cancel);
}
