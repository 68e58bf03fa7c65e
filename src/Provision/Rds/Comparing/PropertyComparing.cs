using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Comparing;

/// <summary>One thing of the service: what it is called there.</summary>
/// <param name="Words">For people: <c>instance shop-prod</c>.</param>
/// <param name="Id">Its name.</param>
/// <param name="Key">The parameter that names it.</param>
/// <param name="Create">The action that makes it.</param>
/// <param name="Modify">The action that changes it.</param>
internal sealed record ServiceThing(string Words, string Id, string Key, string Create, string Modify)
{
    public static ServiceThing Instance(string id) => new($"instance {id}", id, "DBInstanceIdentifier", "CreateDBInstance", "ModifyDBInstance");

    public static ServiceThing Aurora(string id) => new($"aurora cluster {id}", id, "DBClusterIdentifier", "CreateDBCluster", "ModifyDBCluster");
}

/// <summary>Holds the properties of one thing against what is declared: in place, scheduled, or to be changed.</summary>
/// <param name="declared">The declaration.</param>
/// <param name="thing">The thing.</param>
/// <param name="properties">Its properties.</param>
internal sealed class PropertyComparing(RdsDeclaration declared, ServiceThing thing, IReadOnlyList<ServiceProperty> properties)
{
    private const string Replace = "only a new one can have another value (replace): restore a snapshot into a new one, and move there";

    private SourcePosition At => declared.Cluster.Managed!.At;

    private bool AtOnce => declared.Managed.Apply == ManagedApply.Immediately;

    /// <summary>The difference that makes it.</summary>
    /// <param name="more">Further parameters.</param>
    public Difference Made(params IReadOnlyList<KeyValuePair<string, string>> more)
    {
        var wanted = properties.Select(property => (Property: property, Value: property.Wanted(declared))).Where(one => one.Value is not null).ToList();
        var parameters = new List<KeyValuePair<string, string>> { new(thing.Key, thing.Id), new("Engine", declared.Engine) };
        parameters.AddRange(wanted.SelectMany(one => one.Property.WhenMade(one.Value!)));
        parameters.AddRange(more);
        parameters.AddRange(TagComparing.Parameters(declared.Tags));
        return new Difference
        {
            Phase = Phase.Service,
            Object = thing.Words,
            Change = $"new: {string.Join(", ", wanted.Where(one => one.Property.Word is not ("parameter_group" or "user")).Select(one => $"{one.Property.Word} {one.Property.Show(one.Value)}"))}",
            At = At,
            Remedy = Remedy.By(new ServiceCall(thing.Create, parameters)),
        };
    }

    /// <summary>The differences to what there is.</summary>
    public IEnumerable<Difference> Compare(LiveThing live)
    {
        var changes = new List<(ServiceProperty Property, string Actual, string Wanted, bool IsScheduled)>();
        foreach (var property in properties)
        {
            if (property.Wanted(declared) is not { } wanted)
                continue;
            var actual = property.Actual(live) ?? "";
            var pending = property.Pending is null ? null : live.Pending(property.Pending);
            var fits = property.IsSame(live, actual, wanted);
            if (fits && (pending is null || property.IsSame(live, pending, wanted)))
                continue;
            var scheduled = pending is not null && property.IsSame(live, pending, wanted);
            if (property.Modify is null)
                yield return Kept(property, actual, wanted, Replace);
            else if (!fits && property.Refusal(actual, wanted) is { } refusal)
                yield return Kept(property, actual, wanted, refusal);
            else if (scheduled && !AtOnce)
                yield return Kept(property, actual, wanted, $"the service makes the change in the maintenance window ({live.Text("PreferredMaintenanceWindow") ?? "its own"}); 'apply: immediately' makes it at once");
            else
                changes.Add((property, fits ? pending! : actual, wanted, IsScheduled: scheduled || fits));
        }

        if (changes.Count > 0)
            yield return Changed(changes);
    }

    private Difference Changed(IReadOnlyList<(ServiceProperty Property, string Actual, string Wanted, bool IsScheduled)> changes)
    {
        var parameters = new List<KeyValuePair<string, string>> { new(thing.Key, thing.Id) };
        parameters.AddRange(changes.SelectMany(one => one.Property.WhenChanged(one.Actual, one.Wanted)));
        parameters.Add(new("ApplyImmediately", AtOnce ? "true" : "false"));
        var disturbs = changes.Any(one => one.Property.Cost == Cost.Restart);
        return new Difference
        {
            Phase = Phase.Service,
            Object = thing.Words,
            Change = string.Join(", ", changes.Select(one => $"{one.Property.Word} {one.Property.Show(one.Actual)}{(one.IsScheduled ? " (scheduled)" : "")} → {one.Property.Show(one.Wanted)}")) + (disturbs && !AtOnce ? " in the maintenance window" : ""),
            Cost = disturbs ? Cost.Restart : Cost.None,
            Losses = [.. changes.Select(one => one.Property.Loss(one.Actual, one.Wanted)).OfType<string>().Select(loss => $"{loss} ({thing.Id})")],
            At = At,
            Remedy = Remedy.By(new ServiceCall(thing.Modify, parameters)),
        };
    }

    private Difference Kept(ServiceProperty property, string actual, string wanted, string why) => new()
    {
        Phase = Phase.Service,
        Object = thing.Words,
        Change = $"{property.Word} {property.Show(actual)} → {property.Show(wanted)}",
        Cost = property.Cost,
        At = At,
        Kept = why,
    };
}
