using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Hosts;

/// <summary>Opens the hosts that declarations name.</summary>
public static class NodeHosts
{
    /// <summary>The host of a node; nothing is connected yet.</summary>
    /// <param name="node">The node.</param>
    /// <param name="workspace">The surroundings.</param>
    public static IHost Of(NodeConfig node, Workspace workspace) => node.IsLocal
        ? new LocalHost(workspace.Processes)
        : new SshHost(new SshAddress(node.Host, node.User, node.Port, Full(node.Identity, workspace), Full(node.KnownHosts, workspace)), workspace.Processes, workspace.Redactor);

    private static string? Full(string? file, Workspace workspace) => file is null ? null : Path.GetFullPath(Path.Combine(workspace.ProjectFolder, file));
}
