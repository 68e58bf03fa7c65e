using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Observe.Targets;

/// <summary>How the poolers of declared clusters are reached: who keeps them knows.</summary>
public interface IPoolerAccess
{
    /// <summary>Whether a cluster has a PgBouncer whose console can be reached from this machine.</summary>
    /// <param name="cluster">The declaration.</param>
    bool IsReachable(ClusterConfig cluster);

    /// <summary>The URL of its console.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">A secret is not on this machine, or the pooler was not made yet.</exception>
    Task<string> UrlAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel);
}
