using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Provision.Exports;

/// <summary>
/// Declared clusters as an Ansible inventory: a host for each node, and for a cluster without nodes one that is this machine. Groups by environment, engine, version, role and
/// cluster. From the declarations alone: nothing is resolved, so no secret can be in it.
/// </summary>
internal static class AnsibleInventory
{
    /// <summary>The group of all hosts.</summary>
    public const string All = "lockkeeper";

    /// <summary>What <c>--list</c> of an inventory script answers: groups, and the variables of every host at once.</summary>
    public static JsonObject List(IReadOnlyList<ClusterConfig> clusters, string folder)
    {
        var groups = new SortedDictionary<string, JsonArray>(StringComparer.Ordinal);
        var variables = new JsonObject();
        foreach (var (host, cluster, node) in clusters.SelectMany(Hosts))
        {
            variables[host] = Variables(cluster, node, folder);
            foreach (var group in Groups(cluster, node))
            {
                if (!groups.TryGetValue(group, out var hosts))
                    groups[group] = hosts = [];
                hosts.Add((JsonNode)host);
            }
        }

        var list = new JsonObject { ["_meta"] = new JsonObject { ["hostvars"] = variables } };
        foreach (var (group, hosts) in groups)
            list[group] = new JsonObject { ["hosts"] = hosts };
        return list;
    }

    /// <summary>What <c>--host NAME</c> answers; null for a host that there is not.</summary>
    public static JsonObject? Host(IReadOnlyList<ClusterConfig> clusters, string name, string folder)
    {
        foreach (var (host, cluster, node) in clusters.SelectMany(Hosts))
        {
            if (host == name)
                return Variables(cluster, node, folder);
        }

        return null;
    }

    /// <summary>The hosts of a cluster by the names that the inventory gives them.</summary>
    public static IEnumerable<(string Host, ClusterConfig Cluster, NodeConfig Node)> Hosts(ClusterConfig cluster) =>
        cluster.Nodes.Count == 0 ? [(cluster.Name, cluster, cluster.Primary)] : cluster.Nodes.Select(node => ($"{cluster.Name}-{node.Value.Name}", cluster, node.Value));

    /// <summary>The groups of a host. Ansible takes letters, digits and underscores.</summary>
    public static IEnumerable<string> Groups(ClusterConfig cluster, NodeConfig node)
    {
        yield return All;
        yield return "cluster_" + Name(cluster.Name);
        yield return "engine_" + Name(cluster.Engine);
        yield return "role_" + Role(node);
        if (cluster.Environment is { } environment)
            yield return "env_" + Name(environment.Value);
        if (cluster.Version is { } version)
            yield return "version_" + version.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The variables of a host: how Ansible reaches it, and what it is.</summary>
    public static JsonObject Variables(ClusterConfig cluster, NodeConfig node, string folder)
    {
        var variables = new JsonObject();
        if (node.IsLocal)
        {
            variables["ansible_connection"] = "local";
        }
        else
        {
            variables["ansible_host"] = node.Host;
            if (node.User is { } user)
                variables["ansible_user"] = user;
            if (node.Port is { } port)
                variables["ansible_port"] = port;
            if (node.Identity is { } identity)
                variables["ansible_ssh_private_key_file"] = Path.Combine(folder, identity);
            if (node.KnownHosts is { } known)
                variables["ansible_ssh_common_args"] = $"-o UserKnownHostsFile=\"{Path.Combine(folder, known)}\"";
        }

        variables["lockkeeper_cluster"] = cluster.Name;
        variables["lockkeeper_declaration"] = cluster.File;
        variables["lockkeeper_engine"] = cluster.Engine;
        variables["lockkeeper_node"] = node.Name;
        variables["lockkeeper_node_role"] = Role(node);
        if (cluster.Environment is { } environment)
            variables["lockkeeper_env"] = environment.Value;
        if (cluster.Version is { } version)
            variables["lockkeeper_version"] = version;
        variables["lockkeeper_databases"] = new JsonArray([.. cluster.Databases.Keys.Select(name => JsonValue.Create(name))]);
        return variables;
    }

    private static string Role(NodeConfig node) => node.Role == NodeRole.Replica ? "replica" : "primary";

    private static string Name(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
