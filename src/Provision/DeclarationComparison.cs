using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.PostgreSql;

namespace Lockkeeper.Provision;

/// <summary>Holds a server against a declaration for other duties, as <c>lk provision plan</c> does.</summary>
public static class DeclarationComparison
{
    /// <summary>How what is in a server differs from a declaration, a phrase each.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="url">Where the server is; null for where the declaration says.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="LockkeeperException">The server cannot be read.</exception>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(ClusterConfig cluster, string? url, Workspace workspace, CancellationToken cancel)
    {
        // Only what is in the server: its files and its host are another's for a copy.
        var inside = cluster with { Instance = null, Nodes = [], Access = null, Tls = null, Admin = url is null ? cluster.Admin : cluster.Admin with { Value = url } };
        await using var target = await new PostgreSqlEngine().OpenAsync(inside, workspace, cancel);
        return [.. (await target.CompareAsync(workspace.Progress, cancel)).All.Where(difference => difference.Phase != Differences.Phase.Parameters || url is null).Select(difference => difference.Words)];
    }
}
