using Lockkeeper.Backup;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Host;

/// <summary>Backups as a target: what Observe asks of Backup.</summary>
public sealed class BackupWatch : IBackupWatch
{
    /// <inheritdoc/>
    public bool IsDeclared(ClusterConfig cluster) => BackupHealth.IsDeclared(cluster);

    /// <inheritdoc/>
    public async Task<BackupStatus> ReadAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var health = await BackupHealth.ReadAsync(cluster, workspace, cancel);
        return new BackupStatus(
            health.Stanza, [.. health.Repositories.Select(Of)], health.LastDrill is { } drill ? new DrillStatus(drill.At, drill.Passed) : null,
            [.. health.Alerts.Select(alert => new PolicyBreach(alert.Rule, Number(alert)))]);
    }

    private static BackupRepositoryStatus Of(RepositoryHealth one) => new(
        one.Number, one.IsUsable, [.. one.Sets.Select(set => new BackupSetStatus(set.Type, set.Ended, set.Ended - set.Started, set.DatabaseBytes, set.CopiedBytes, set.RepositoryBytes, set.HasPageErrors))], one.Newest, one.MissingSegments);

    /// <summary>The number of "repository 1".</summary>
    private static string Number(Finding alert) => alert.Subject?.Split(' ')[^1] ?? "";
}
