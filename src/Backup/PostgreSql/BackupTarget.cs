using Lockkeeper.Backup.Evidence;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql;

/// <summary>A cluster with its backups: its server, its host, the engine, and what was recorded about it.</summary>
internal sealed class BackupTarget : IAsyncDisposable
{
    private readonly string url;
    private readonly Workspace workspace;

    private BackupTarget(ClusterConfig cluster, string url, PgBackRestSite site, IBackupEngine engine, Workspace workspace)
    {
        (Cluster, this.url, Site, Engine, this.workspace) = (cluster, url, site, engine, workspace);
        Record = new BackupRecord(cluster, workspace);
    }

    /// <summary>The declaration.</summary>
    public ClusterConfig Cluster { get; }

    /// <summary>The policy.</summary>
    public BackupConfig Policy => Cluster.Backup!.Value;

    /// <summary>Where it lies.</summary>
    public PgBackRestSite Site { get; }

    /// <summary>What takes its backups.</summary>
    public IBackupEngine Engine { get; }

    /// <summary>What was recorded about it.</summary>
    public BackupRecord Record { get; }

    /// <summary>Opens a cluster. A server that is gone is known from what was recorded when it was last looked at: that is when a restore is needed.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <param name="mayBeDown">Whether the work can be done without the server.</param>
    public static async Task<BackupTarget> OpenAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel, bool mayBeDown = false)
    {
        var host = NodeHosts.Of(cluster.Primary, workspace);
        try
        {
            return await OpenAsync(cluster, host, workspace, cancel, mayBeDown);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same on a host that is open already; it is closed with the target.</summary>
    public static async Task<BackupTarget> OpenAsync(ClusterConfig cluster, IHost host, Workspace workspace, CancellationToken cancel, bool mayBeDown = false)
    {
        var address = await workspace.Secrets.ResolveAsync(cluster.Admin, cancel);
        var site = await SiteAsync(cluster, host, address, workspace, mayBeDown, cancel);
        return new BackupTarget(cluster, address, site, new PgBackRestEngine(site, stop => SecretsAsync(cluster, site, address, workspace, stop)), workspace);
    }

    /// <summary>A database of the cluster.</summary>
    public PostgreSqlServer Database(string? name = null) => PostgreSqlServer.At(name is null ? url : PostgreSqlUrl.WithDatabase(url, name), workspace.Redactor);

    /// <summary>The databases of a cluster, for what needs neither its host nor its policy.</summary>
    public static async Task<Func<string?, PostgreSqlServer>> DatabasesAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var address = await workspace.Secrets.ResolveAsync(cluster.Admin, cancel);
        return name => PostgreSqlServer.At(name is null ? address : PostgreSqlUrl.WithDatabase(address, name), workspace.Redactor);
    }

    /// <summary>One repository as it is.</summary>
    /// <exception cref="LockkeeperException">There is none of this number.</exception>
    public async Task<RepositoryView> RepositoryAsync(long number, CancellationToken cancel)
    {
        var views = await Engine.ReadAsync(cancel);
        return views.FirstOrDefault(one => one.Number == number) ?? throw new LockkeeperException(KernelErrors.WrongUse, $"there is no repository {number}", $"There {(views.Count == 1 ? "is 1" : $"are {views.Count}, from 1 on")}.");
    }

    /// <summary>Fails when backups are not set up.</summary>
    public async Task RequireSetUpAsync(CancellationToken cancel)
    {
        var missing = await Engine.CompareAsync(cancel);
        if (missing.Count > 0)
            throw new LockkeeperException(BackupErrors.NotSetUp, $"backups of {Cluster.Name} are declared and not set up", $"Set them up: lk provision apply {Cluster.Name}") { Facts = [.. missing.Select(step => new ErrorFact("MISSING", $"{step.Object}: {step.Change}"))] };
    }

    public ValueTask DisposeAsync() => Site.Host.DisposeAsync();

    private static async Task<PgBackRestSite> SiteAsync(ClusterConfig cluster, IHost host, string url, Workspace workspace, bool mayBeDown, CancellationToken cancel)
    {
        try
        {
            return await PgBackRestSites.AskAsync(cluster, host, PostgreSqlServer.At(url, workspace.Redactor), cancel);
        }
        catch (LockkeeperException) when (mayBeDown)
        {
            if (await new BackupRecord(cluster, workspace).SiteAsync(host, cancel) is { } known)
                return known;
            throw;
        }
    }

    private static async Task<PgBackRestSecrets> SecretsAsync(ClusterConfig cluster, PgBackRestSite site, string url, Workspace workspace, CancellationToken cancel)
    {
        var secrets = new List<RepositorySecrets>();
        foreach (var repository in cluster.Backup!.Value.Repositories)
        {
            secrets.Add(new RepositorySecrets(
                repository.Value.Cipher is { } cipher ? await workspace.Secrets.ResolveAsync(cipher, cancel) : null,
                repository.Value.ObjectStore is { } store ? await workspace.Secrets.ResolveAsync(store.Key, cancel) : null,
                repository.Value.ObjectStore is { } same ? await workspace.Secrets.ResolveAsync(same.Secret, cancel) : null));
        }

        var admin = PostgreSqlUrl.Parse(url);
        return new PgBackRestSecrets(secrets, site.Role == site.User || admin.Username != site.Role ? null : admin.Password);
    }
}
