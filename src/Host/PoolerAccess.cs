using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Provision.PostgreSql.Pooling;

namespace Lockkeeper.Host;

/// <summary>Declared poolers as targets: what Observe asks of Provision.</summary>
public sealed class PoolerAccess : IPoolerAccess
{
    /// <inheritdoc/>
    public bool IsReachable(ClusterConfig cluster) => PoolerConsoleUrl.IsReachable(cluster);

    /// <inheritdoc/>
    public Task<string> UrlAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel) => PoolerConsoleUrl.OfAsync(cluster, workspace, cancel);
}
