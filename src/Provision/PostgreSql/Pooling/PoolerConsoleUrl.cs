using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>How the console of a declared pooler is reached: as the role that looks up the others, whom the pooler knows itself and lets ask for numbers.</summary>
public static class PoolerConsoleUrl
{
    private static readonly string[] everywhere = ["*", "0.0.0.0", "::"];

    /// <summary>Whether a cluster has a PgBouncer that answers this machine: one on another host must not listen there only.</summary>
    /// <param name="cluster">The declaration.</param>
    public static bool IsReachable(ClusterConfig cluster) =>
        cluster.Pooler is { Value: { Engine: PoolerEngine.PgBouncer } pooler } && (cluster.Primary.IsLocal || pooler.Listen.Any(address => address is not ("127.0.0.1" or "::1" or "localhost")));

    /// <summary>The URL of its console.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">The password is not on this machine, or not in the pooler's file.</exception>
    public static async Task<string> OfAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var pooler = cluster.Pooler!.Value;
        var local = pooler.Listen.FirstOrDefault(address => !everywhere.Contains(address, StringComparer.Ordinal)) ?? "127.0.0.1";
        return new NpgsqlConnectionStringBuilder
        {
            Host = cluster.Primary.IsLocal ? local : cluster.Primary.Host,
            Port = pooler.Port,
            Username = pooler.AuthUser,
            Password = pooler.Password is { } reference ? await workspace.Secrets.ResolveAsync(reference, cancel) : await RandomAsync(cluster, workspace, cancel),
            Database = "pgbouncer",
        }.ConnectionString;
    }

    /// <summary>The random password, which stands in the pooler's own file only.</summary>
    private static async Task<string> RandomAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var admin = PostgreSqlUrl.Parse(await workspace.Secrets.ResolveAsync(cluster.Admin, cancel));
        var place = PgBouncerPlace.Of(cluster, admin.Host ?? "127.0.0.1", admin.Port);
        await using var host = NodeHosts.Of(cluster.Primary, workspace);
        var list = await new HostFiles(host, place.Writer).ReadAsync(place.UserList, cancel);
        return (list is null ? null : PgBouncerFiles.PasswordIn(list.Text, cluster.Pooler!.Value.AuthUser)) ?? throw new LockkeeperException(
            KernelErrors.SecretMissing, $"the password of the pooler's role is not in {place.UserList} on {host.Name}", $"Declare one under 'pooler: password', or make the pooler: lk provision apply {cluster.Name}", cluster.Pooler!.At);
    }
}
