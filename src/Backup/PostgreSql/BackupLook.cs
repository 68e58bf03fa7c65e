using System.Text.Json.Nodes;
using Lockkeeper.Backup.PostgreSql.Archiving;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql;

/// <summary>A look at all that is known of a cluster's backups, held against the policy.</summary>
/// <param name="Maps">The repositories with what of them can be restored.</param>
/// <param name="Drills">What drills have shown.</param>
/// <param name="LastDrill">The last drill's entry; null for none.</param>
/// <param name="Alerts">What the policy does not allow.</param>
/// <param name="Now">When it was looked.</param>
internal sealed record BackupLook(IReadOnlyList<(RepositoryView View, RecoverabilityMap Map)> Maps, IReadOnlyList<DrillEvidence> Drills, JsonObject? LastDrill, IReadOnlyList<Finding> Alerts, DateTimeOffset Now)
{
    /// <summary>The newest moment that can be restored from any repository; null for none.</summary>
    public DateTimeOffset? Newest => Maps.Select(one => one.Map.Newest).Max();

    /// <summary>Looks.</summary>
    public static async Task<BackupLook> AtAsync(BackupTarget target, Workspace workspace, CancellationToken cancel)
    {
        workspace.Progress.Now($"reading the repositories of {target.Cluster.Name}");
        var reading = target.Engine.ReadAsync(cancel);
        var archiving = await ArchivingReading.TryAsync(target, cancel);
        var drills = await target.Record.EvidenceAsync(cancel);
        var views = await reading;
        // What the server has archived while the files were listed must be in a listing that was begun after it was asked.
        if (archiving is not null && views.Any(view => archiving.Untrue(view) is not null))
            views = await target.Engine.ReadAsync(cancel);
        var last = (await target.Record.DrillsAsync(cancel)).LastOrDefault();
        workspace.Progress.Now(null);
        var now = workspace.Clock.GetUtcNow();
        var maps = views.Select(view => (View: view, Map: RecoverabilityMap.Of(view.Sets, view.Archive, drills, now))).ToList();
        return new BackupLook(maps, drills, last, PolicyAlerts.Of(target.Cluster, maps, archiving, last, now), now);
    }
}
