using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Clusters;

/// <summary>Says how a restored server differs from the declaration as it is now. Served by the duty that provisions.</summary>
public interface IDeclarationCheck
{
    /// <summary>The differences, a phrase each.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="url">Where the server is; null for where the declaration says.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops reading.</param>
    Task<IReadOnlyList<string>> DifferencesAsync(ClusterConfig cluster, string? url, Workspace workspace, CancellationToken cancel);
}
