using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Comparing;

/// <summary>Holds all that the service keeps against the declaration, in the order in which it is made.</summary>
/// <param name="declared">The declaration.</param>
/// <param name="live">What there is.</param>
internal sealed class ServiceComparing(RdsDeclaration declared, LiveService live)
{
    public IEnumerable<Difference> Compare()
    {
        foreach (var difference in new GroupComparing(declared, live).Compare())
            yield return difference;
        var main = declared.IsAurora ? ServiceThing.Aurora(declared.Id) : ServiceThing.Instance(declared.Id);
        foreach (var difference in Thing(main, declared.IsAurora ? ServiceProperties.OfAurora : ServiceProperties.OfInstance, live.Main, Password()))
            yield return difference;
        foreach (var difference in declared.IsAurora ? Members() : [])
            yield return difference;
    }

    private IEnumerable<Difference> Members()
    {
        foreach (var member in declared.Managed.Instances)
        {
            var there = live.Instances.FirstOrDefault(one => one.Name == member.Value.Name);
            if (there is not null && there.Text("DBClusterIdentifier") != declared.Id)
                throw new LockkeeperException(ManagedErrors.NotOurs, $"the instance {member.Value.Name} exists and is not of the cluster {declared.Id}", "Take another name.", member.At);
            foreach (var difference in Thing(ServiceThing.Instance(member.Value.Name), ServiceProperties.OfMember(member.Value), there, [new("DBClusterIdentifier", declared.Id)]))
                yield return difference;
        }

        foreach (var other in live.Instances.Where(one => declared.Managed.Instances.All(member => member.Value.Name != one.Name)))
            yield return new Difference { Phase = Phase.Service, Object = $"instance {other.Name}", Change = "not declared", Kept = "instances are never deleted by a run" };
    }

    private IEnumerable<Difference> Thing(ServiceThing thing, IReadOnlyList<ServiceProperty> properties, LiveThing? there, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        var comparing = new PropertyComparing(declared, thing, properties);
        if (there is null)
            return [comparing.Made(more)];
        Owned(there);
        if (there.IsDead)
            return [new Difference { Phase = Phase.Service, Object = thing.Words, Change = $"{there.Status} → available", At = declared.Cluster.Managed!.At, Kept = "it does not leave this state by itself: look at its events in the service" }];
        // What is being made or changed is read again when that has ended: what it says now is not what it will be.
        if (!there.IsUsable)
            return [Waited(thing, there)];
        return comparing.Compare(there).Concat(TagComparing.Compare(declared, thing.Words, there)).Concat(RestartNeeded(thing, there));
    }

    private Difference Waited(ServiceThing thing, LiveThing there) => new()
    {
        Phase = Phase.Service,
        Object = thing.Words,
        Change = $"{there.Status} → available",
        At = declared.Cluster.Managed!.At,
        Remedy = Remedy.By(new ServiceCall(thing.Create.Replace("Create", "Describe", StringComparison.Ordinal) + "s", [new(thing.Key, thing.Id)])),
    };

    private IEnumerable<Difference> RestartNeeded(ServiceThing thing, LiveThing there)
    {
        if (!there.Texts("DBParameterGroups", "ParameterApplyStatus").Contains("pending-reboot", StringComparer.Ordinal))
            yield break;
        yield return new Difference
        {
            Phase = Phase.Service, Object = thing.Words, Change = "parameters that are set do not hold yet", Cost = Cost.Restart, At = declared.Cluster.Managed!.At,
            Kept = "they wait for a restart of the instance, which Lockkeeper does not do by itself",
        };
    }

    /// <summary>Passes when it is ours, or may be taken over.</summary>
    private void Owned(LiveThing there)
    {
        var owner = there.Tags.GetValueOrDefault(RdsService.OwnerTag);
        if (owner == declared.Owner || (owner is null && (declared.Managed.Adopted || there.Text("DBClusterIdentifier") == declared.Id)))
            return;
        throw owner is null
            ? new LockkeeperException(ManagedErrors.NotOurs, $"{there.Name} exists in the service, and was not made from this declaration", "Take another identifier, or take it over: 'lk provision adopt' writes its declaration, with adopted: true.", declared.Cluster.Managed!.At)
            : new LockkeeperException(ManagedErrors.NotOurs, $"{there.Name} belongs to the declaration {owner}", $"Take another identifier, or change the tag {RdsService.OwnerTag} in the service when that declaration is gone.", declared.Cluster.Managed!.At);
    }

    private IReadOnlyList<KeyValuePair<string, string>> Password()
    {
        if (live.Main is not null)
            return [];
        return declared is { Managed.User: not null, Password: { } password }
            ? [new("MasterUserPassword", password)]
            : throw new LockkeeperException(KernelErrors.ConfigMissingKey, $"{declared.Id} is to be made, and 'managed' has no 'user' and 'password'", "Add them, for example: user: lockkeeper, password: \"${env:MASTER_PASSWORD}\"", declared.Cluster.Managed!.At);
    }
}
