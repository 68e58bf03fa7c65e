using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>The URL by which a node of a declared cluster is observed: as the role of its exporter where one is declared, else as its administrator.</summary>
internal static class TargetUrl
{
    public static async Task<string> OfAsync(ClusterConfig cluster, NodeConfig? node, Workspace workspace, CancellationToken cancel)
    {
        var url = PostgreSqlUrl.Parse(await workspace.Secrets.ResolveAsync(cluster.Admin, cancel));
        // The administrator's URL is the primary's; the other nodes have the same port.
        if (node is { Role: NodeRole.Replica })
            url.Host = node.IsLocal ? "127.0.0.1" : node.Host;
        if (cluster.Monitoring?.Value.Exporter is { } exporter && cluster.Roles.TryGetValue(exporter.Value.Role, out var role) && role.Value.Password is { } password)
        {
            (url.Username, url.Password) = (exporter.Value.Role, await workspace.Secrets.ResolveAsync(password, cancel));
            url.Database = exporter.Value.Database;
        }

        return url.ConnectionString;
    }
}
