using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Provision.Exports;

/// <summary>An inventory with the variables of the role of <c>deploy/ansible</c>, for those who keep theirs in files.</summary>
internal static class AnsibleFolder
{
    /// <summary>The files for a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="folder">The folder of lockkeeper.yaml.</param>
    public static IReadOnlyList<ExportedFile> Of(ClusterConfig cluster, string folder) =>
    [
        new("hosts.yml", Head(cluster) + Hosts(cluster, folder)),
        new("group_vars/lockkeeper.yml", Head(cluster) + Variables(cluster)),
    ];

    /// <summary>The environment variables that the declaration takes secrets from.</summary>
    public static IReadOnlyList<string> Secrets(ClusterConfig cluster) =>
        [.. References(cluster).OfType<string>().SelectMany(SecretResolver.VariablesIn).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string?> References(ClusterConfig cluster) =>
    [
        cluster.Admin.Value, .. cluster.Roles.Values.Select(role => role.Value.Password?.Value), cluster.Tls?.Value.Key?.Value, cluster.Managed?.Value.Password?.Value, cluster.Pooler?.Value.Password?.Value,
        cluster.Pooler?.Value.Tls?.Value.Key.Value,
    ];

    private static string Head(ClusterConfig cluster) => $"# {ExportFolder.Mark} from {cluster.File}; the next export writes it again.\n---\n";

    private static string Hosts(ClusterConfig cluster, string folder)
    {
        var text = new System.Text.StringBuilder($"{AnsibleInventory.All}:\n  hosts:\n");
        foreach (var (host, _, node) in AnsibleInventory.Hosts(cluster))
        {
            text.Append($"    {host}:\n");
            foreach (var (name, value) in AnsibleInventory.Variables(cluster, node, folder))
                text.Append($"      {name}: {Json(value)}\n");
        }

        return text.ToString();
    }

    private static string Variables(ClusterConfig cluster)
    {
        var text = new System.Text.StringBuilder($"lockkeeper_clusters:\n  - {cluster.Name}\nlockkeeper_files:\n  - lockkeeper.yaml\n  - {Json(JsonValue.Create(cluster.File))}\n");
        var secrets = Secrets(cluster);
        if (secrets.Count == 0)
            return text.ToString();
        text.Append("# Where the secrets of the declaration come from: a vault's lookup may stand here as well.\nlockkeeper_environment:\n");
        foreach (var name in secrets)
            text.Append($"  {name}: \"{{{{ lookup('ansible.builtin.env', '{name}') }}}}\"\n");
        return text.ToString();
    }

    // JSON is YAML; a value of ours is never a template of Ansible's.
    private static string Json(JsonNode? value) => (value!.ToJsonString().Contains("{{", StringComparison.Ordinal) ? "!unsafe " : "") + value.ToJsonString();
}
