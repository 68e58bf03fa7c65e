using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Provision.Clusters;

/// <summary>What another duty adds to a declared cluster, such as its backups: it stands in the same plan. The duties that have some serve this.</summary>
public interface IClusterPart
{
    /// <summary>Whether it needs what the cluster holds, such as its roles, and so comes last.</summary>
    bool ComesLast { get; }

    /// <summary>Server parameters that it needs; those that the declaration says win.</summary>
    /// <param name="cluster">The declaration.</param>
    IReadOnlyDictionary<string, Placed<string>> Parameters(ClusterConfig cluster);

    /// <summary>What is missing, in the order in which it is done. Changes nothing. The server runs.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="host">The host of its primary; it stays open for as long as the steps may be done.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops looking.</param>
    Task<IReadOnlyList<ClusterPartStep>> CompareAsync(ClusterConfig cluster, IHost host, Workspace workspace, CancellationToken cancel);

    /// <summary>Takes away what runs for a cluster that was destroyed. What was made to outlive it, such as backups, stays.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    Task RemoveAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel);
}

/// <summary>Something that a part of a cluster lacks.</summary>
/// <param name="Object">What it is about.</param>
/// <param name="Change">What would be done.</param>
/// <param name="Script">How, for people, without secrets.</param>
/// <param name="At">Where it is declared.</param>
/// <param name="DoAsync">Does it; it may be done again after it was cut off at any point.</param>
public sealed record ClusterPartStep(string Object, string Change, string Script, SourcePosition? At, Func<CancellationToken, Task> DoAsync);
