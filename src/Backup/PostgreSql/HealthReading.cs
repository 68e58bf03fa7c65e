using System.Text.Json.Nodes;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql;

/// <summary>The same look as that of <c>lk backup alerts</c>, for whoever watches. It writes nothing, not even into the ledger.</summary>
internal static class HealthReading
{
    public static async Task<BackupHealth> ReadAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        if (cluster.Managed is not null)
            return OfManaged(cluster, await ManagedLook.AtAsync(cluster, workspace, cancel));
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel, mayBeDown: true);
        var look = await BackupLook.AtAsync(target, workspace, cancel);
        return new BackupHealth(PgBackRestSite.StanzaOf(cluster), [.. look.Maps.Select(one => Of(one.View, one.Map))], Drill(look.LastDrill), look.Alerts);
    }

    private static BackupHealth OfManaged(ClusterConfig cluster, ManagedLook look)
    {
        var sets = look.View.Snapshots.Where(one => one.IsReady).Select(one => new SetHealth("full", one.At, one.At, one.Bytes, one.Bytes, one.Bytes, HasPageErrors: false));
        return new BackupHealth(cluster.Name, [new RepositoryHealth(1, IsUsable: true, [.. sets], look.View.Newest, 0)], Drill(look.LastDrill), look.Alerts);
    }

    private static (DateTimeOffset At, bool Passed)? Drill(JsonObject? last) => BackupRecord.Moment(last?["at"]) is { } at ? (at, last!["failure"] is null) : null;

    private static RepositoryHealth Of(RepositoryView view, RecoverabilityMap map) => new(
        view.Number, view.Problem is null, [.. view.Sets.Select(Of)], map.Newest, map.Holes.Sum(hole => hole.Segments));

    private static SetHealth Of(BackupSet set) => new(
        set.Kind switch { BackupKind.Full => "full", BackupKind.Differential => "diff", _ => "incr" }, set.Started, set.Ended, set.DatabaseBytes, set.CopiedBytes, set.RepositoryBytes, set.HasPageErrors);
}
