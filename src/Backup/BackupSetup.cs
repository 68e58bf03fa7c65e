using System.Globalization;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup;

/// <summary>What the duty that provisions sets up, so that a cluster's backups can be taken.</summary>
public static class BackupSetup
{
    /// <summary>The server parameters that archiving needs.</summary>
    /// <param name="cluster">The declaration.</param>
    public static IReadOnlyDictionary<string, Placed<string>> Parameters(ClusterConfig cluster)
    {
        if (cluster is not { Backup: { } backup, Managed: null })
            return new Dictionary<string, Placed<string>>();
        var timeout = string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Max(1, backup.Value.ArchiveTimeout.TotalSeconds)}s");
        return new Dictionary<string, Placed<string>>(StringComparer.Ordinal)
        {
            ["archive_mode"] = new("on", backup.At),
            ["archive_command"] = new(PgBackRestSite.ArchiveCommandOf(cluster), backup.At),
            ["archive_timeout"] = new(timeout, backup.At),
        };
    }

    /// <summary>What is missing on the cluster's host, in order. The server runs.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="host">The host of its primary; it stays open for as long as the steps may be done.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops looking.</param>
    public static async Task<IReadOnlyList<SetupStep>> CompareAsync(ClusterConfig cluster, Kernel.Hosts.IHost host, Workspace workspace, CancellationToken cancel)
    {
        if (cluster is not { Backup: not null, Managed: null })
            return [];
        return await (await BackupTarget.OpenAsync(cluster, host, workspace, cancel)).Engine.CompareAsync(cancel);
    }

    /// <summary>Takes the schedule of a cluster that is gone away. Its backups stay.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task RemoveScheduleAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        if (cluster is not { Backup: not null, Managed: null })
            return;
        await using var host = Kernel.Hosts.NodeHosts.Of(cluster.Primary, workspace);
        var files = new Kernel.Hosts.HostFiles(host);
        if (await files.StatAsync(PgBackRestSetup.CronFileOf(PgBackRestSite.StanzaOf(cluster)), cancel) is { } there)
            await files.RemoveAsync(there.Path, cancel);
    }
}
