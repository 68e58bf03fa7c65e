using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Exports;

namespace Lockkeeper.Provision.Verbs;

/// <summary><c>lk provision inventory</c>.</summary>
internal static class Inventory
{
    private static readonly Parameter Ansible = new("ansible", ParameterKind.Flag, "Answer as an inventory script of Ansible's") { Required = true };

    private static readonly Parameter All = new("list", ParameterKind.Flag, "All groups and hosts, as Ansible asks for them; the default");

    private static readonly Parameter Host = new("host", ParameterKind.Text, "The variables of one host") { ValueName = "NAME" };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Verb Declaration { get; } = new()
    {
        Path = "provision inventory",
        Summary = "declared clusters as a dynamic inventory of Ansible's",
        Details = "Prints the JSON that Ansible asks an inventory script for: a host for each node of a declared cluster, or this machine for a cluster without nodes; groups by environment, engine, version, role and cluster. "
            + "No server is asked, and no secret resolved. deploy/ansible/inventory/lockkeeper is the script: ansible-inventory -i deploy/ansible/inventory/lockkeeper --graph",
        Effect = VerbEffect.Reads,
        Parameters = [Ansible, All, Host],
        Examples = [new VerbExample("lk provision inventory --ansible --list", "prints groups and hosts"), new VerbExample("lk provision inventory --ansible --host shop-prod", "prints the variables of a host")],
        ReportType = () => ProvisionJson.Default.JsonObject,
        Handler = (call, _) => Task.FromResult(Handle(call)),
    };

    private static Report Handle(VerbCall call)
    {
        var clusters = ClusterChoice.Of(call);
        var folder = call.Workspace.ProjectFolder;
        var answer = call.Text(Host) is not { } name ? AnsibleInventory.List(clusters, folder) : AnsibleInventory.Host(clusters, name, folder) ?? throw new LockkeeperException(
            KernelErrors.UnknownName, $"there is no host '{name}' in the inventory", NearestName.Hint(name, [.. clusters.SelectMany(AnsibleInventory.Hosts).Select(one => one.Host)], "hosts"));
        return Report.Of(answer, () => ProvisionJson.Default.JsonObject, [new Code(answer.ToJsonString(Indented), "json")]);
    }
}
