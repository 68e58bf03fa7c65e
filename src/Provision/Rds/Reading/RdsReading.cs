using System.Xml.Linq;
using Lockkeeper.Engines.Rds;
using Lockkeeper.Engines.Rds.Query;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Provision.Rds.Reading;

/// <summary>Reads what the service keeps.</summary>
/// <param name="client">The service.</param>
internal sealed class RdsReading(RdsClient client)
{
    /// <summary>All that a declaration speaks of.</summary>
    public async Task<LiveService> ReadAsync(RdsDeclaration declared, CancellationToken cancel)
    {
        var main = await MainAsync(declared.Id, declared.IsAurora, cancel);
        var usesOurGroup = declared.Cluster.Parameters.Count > 0 || (main is not null && main.Texts("DBParameterGroups", "DBParameterGroupName").Append(main.Text("DBClusterParameterGroup") ?? "").Contains(declared.OurGroup, StringComparer.Ordinal));
        return new LiveService
        {
            Main = main,
            Instances = declared.IsAurora ? await InstancesAsync(declared, cancel) : [],
            Group = usesOurGroup ? await GroupAsync(declared.OurGroup, declared.IsAurora, cancel) : null,
            Known = declared.Cluster.Parameters.Count > 0 ? await KnownAsync(declared.Family, declared.IsAurora, cancel) : null,
        };
    }

    /// <summary>The instance or Aurora cluster of a name; null when there is none.</summary>
    public Task<LiveThing?> MainAsync(string id, bool isAurora, CancellationToken cancel) => isAurora
        ? OneAsync("DescribeDBClusters", "DBClusterIdentifier", id, "DBClusters", "DBClusterNotFoundFault", cancel)
        : InstanceAsync(id, cancel);

    /// <summary>The instance of a name; null when there is none.</summary>
    public Task<LiveThing?> InstanceAsync(string id, CancellationToken cancel) => OneAsync("DescribeDBInstances", "DBInstanceIdentifier", id, "DBInstances", "DBInstanceNotFound", cancel);

    /// <summary>The instances of an Aurora cluster.</summary>
    public async Task<IReadOnlyList<LiveThing>> MembersAsync(string cluster, CancellationToken cancel)
    {
        var members = await client.ListAsync("DescribeDBInstances", [new("Filters.Filter.1.Name", "db-cluster-id"), .. QueryText.List("Filters.Filter.1.Values.Value", [cluster])], "DBInstances", cancel);
        return [.. members.Select(one => new LiveThing(one)).Where(one => one.Text("DBClusterIdentifier") == cluster)];
    }

    /// <summary>The parameter group of a name; null when there is none.</summary>
    public async Task<LiveGroup?> GroupAsync(string name, bool ofCluster, CancellationToken cancel)
    {
        var kind = ofCluster ? "DBClusterParameterGroup" : "DBParameterGroup";
        XElement? group;
        try
        {
            group = (await client.ListAsync($"Describe{kind}s", [new($"{kind}Name", name)], $"{kind}s", cancel)).FirstOrDefault(one => one.Element($"{kind}Name")?.Value == name);
        }
        catch (LockkeeperException e) when (RdsRefusal.CodeOf(e) is "DBParameterGroupNotFound" or "DBClusterParameterGroupNotFound")
        {
            return null;
        }

        if (group is null)
            return null;
        var tags = group.Element($"{kind}Arn")?.Value is { } arn ? await client.ListAsync("ListTagsForResource", [new("ResourceName", arn)], "TagList", cancel) : [];
        var set = await client.ListAsync($"Describe{(ofCluster ? "DBClusterParameters" : "DBParameters")}", [new($"{kind}Name", name), new("Source", "user")], "Parameters", cancel);
        return new LiveGroup(
            name, group.Element("DBParameterGroupFamily")?.Value ?? "", tags.FirstOrDefault(tag => tag.Element("Key")?.Value == RdsService.OwnerTag)?.Element("Value")?.Value,
            set.Where(one => one.Element("ParameterValue") is not null).ToDictionary(one => one.Element("ParameterName")!.Value, one => one.Element("ParameterValue")!.Value, StringComparer.OrdinalIgnoreCase));
    }

    private async Task<IReadOnlyList<LiveThing>> InstancesAsync(RdsDeclaration declared, CancellationToken cancel)
    {
        var all = new List<LiveThing>(await MembersAsync(declared.Id, cancel));
        // One of a declared name that is somebody else's must be seen before it is made.
        foreach (var instance in declared.Managed.Instances.Where(one => all.TrueForAll(other => other.Name != one.Value.Name)))
        {
            if (await InstanceAsync(instance.Value.Name, cancel) is { } other)
                all.Add(other);
        }

        return all;
    }

    private async Task<LiveThing?> OneAsync(string action, string key, string id, string list, string missing, CancellationToken cancel)
    {
        try
        {
            return (await client.ListAsync(action, [new(key, id)], list, cancel)).Select(one => new LiveThing(one)).FirstOrDefault();
        }
        catch (LockkeeperException e) when (RdsRefusal.CodeOf(e) is { } code && (code == missing || code == missing + "Fault"))
        {
            return null;
        }
    }

    /// <summary>The parameters of a family; null when the service does not say, as emulators of it do not.</summary>
    private async Task<IReadOnlyDictionary<string, KnownParameter>?> KnownAsync(string family, bool ofCluster, CancellationToken cancel)
    {
        var known = new Dictionary<string, KnownParameter>(StringComparer.OrdinalIgnoreCase);
        try
        {
            for (string? marker = null; ;)
            {
                List<KeyValuePair<string, string>> parameters = [new("DBParameterGroupFamily", family)];
                if (marker is not null)
                    parameters.Add(new("Marker", marker));
                var answer = (await client.CallAsync($"DescribeEngineDefault{(ofCluster ? "Cluster" : "")}Parameters", parameters, cancel)).Element("EngineDefaults");
                foreach (var one in answer?.Element("Parameters")?.Elements() ?? [])
                    known[one.Element("ParameterName")!.Value] = Known(one);
                var next = answer?.Element("Marker")?.Value;
                if (string.IsNullOrEmpty(next) || next == marker)
                    return known.Count == 0 ? null : known;
                marker = next;
            }
        }
        catch (LockkeeperException e) when (RdsRefusal.CodeOf(e) is "InvalidAction" or "NotImplemented" or "HTTP 500" or "HTTP 501" or "HTTP 404" or "HTTP 405")
        {
            return null;
        }
    }

    private static KnownParameter Known(XElement one) => new(
        one.Element("ParameterName")!.Value, one.Element("DataType")?.Value ?? "string", one.Element("AllowedValues")?.Value, one.Element("ApplyType")?.Value != "dynamic", one.Element("IsModifiable")?.Value != "false",
        one.Element("ParameterValue")?.Value);
}
