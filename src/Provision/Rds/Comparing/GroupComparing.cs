using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Comparing;

/// <summary>The parameter group of ours and what it sets.</summary>
/// <param name="declared">The declaration.</param>
/// <param name="live">What there is.</param>
internal sealed class GroupComparing(RdsDeclaration declared, LiveService live)
{
    /// <summary>The service takes no more in one call.</summary>
    private const int MostTogether = 20;

    private string Kind => declared.IsAurora ? "DBClusterParameterGroup" : "DBParameterGroup";

    private string Words => $"parameter group {declared.OurGroup}";

    public IEnumerable<Difference> Compare()
    {
        foreach (var (name, value) in declared.Cluster.Parameters)
            Check(name, value);
        if (declared.Cluster.Parameters.Count > 0 && live.Group is null)
            yield return Made();
        else if (live.Group is { Owner: var owner } && owner != declared.Owner)
            throw new LockkeeperException(ManagedErrors.NotOurs, $"the parameter group {declared.OurGroup} exists, and {(owner is null ? "was not made by Lockkeeper" : $"belongs to the declaration {owner}")}", $"Delete it when nobody uses it, or set its tag {RdsService.OwnerTag} to {declared.Owner}.", declared.Cluster.Managed!.At);
        var set = live.Group?.Parameters ?? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var changes = new List<Setting>();
        foreach (var (name, value) in declared.Cluster.Parameters)
        {
            var (wanted, now) = (Sent(name, value.Value), set.GetValueOrDefault(name));
            if (now is null || !ServiceParameterValue.IsSame(wanted, now, Known(name)))
                changes.Add(new Setting(name, now, wanted, Known(name)?.IsStatic != false, value.At));
        }

        foreach (var chunk in changes.Chunk(MostTogether))
            yield return Changed(chunk, isReset: false);
        var gone = set.Where(one => !declared.Cluster.Parameters.Keys.Contains(one.Key, StringComparer.OrdinalIgnoreCase)).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new Setting(one.Key, one.Value, null, Known(one.Key)?.IsStatic != false, null));
        foreach (var chunk in gone.Chunk(MostTogether))
            yield return Changed(chunk, isReset: true);
    }

    private KnownParameter? Known(string name) => live.Known?.GetValueOrDefault(name);

    private string Sent(string name, string value) => ServiceParameterValue.Sent(name, value, Known(name), declared.IsPostgreSql);

    private Difference Made() => new()
    {
        Phase = Phase.Service,
        Object = Words,
        Change = $"new, family {declared.Family}",
        At = declared.Cluster.Managed!.At,
        Remedy = Remedy.By(new ServiceCall($"Create{Kind}", [new($"{Kind}Name", declared.OurGroup), new("DBParameterGroupFamily", declared.Family), new("Description", $"Lockkeeper: {declared.Owner}"), .. TagComparing.Parameters(declared.Tags)])),
    };

    private Difference Changed(IReadOnlyList<Setting> settings, bool isReset)
    {
        var parameters = new List<KeyValuePair<string, string>> { new($"{Kind}Name", declared.OurGroup) };
        // Without it the service would reset every parameter of the group.
        if (isReset)
            parameters.Add(new("ResetAllParameters", "false"));
        for (var i = 0; i < settings.Count; i++)
        {
            parameters.Add(new($"Parameters.Parameter.{i + 1}.ParameterName", settings[i].Name));
            if (!isReset)
                parameters.Add(new($"Parameters.Parameter.{i + 1}.ParameterValue", settings[i].Wanted!));
            parameters.Add(new($"Parameters.Parameter.{i + 1}.ApplyMethod", settings[i].IsStatic ? "pending-reboot" : "immediate"));
        }

        return new Difference
        {
            Phase = Phase.Service,
            Object = Words,
            Change = string.Join(", ", settings.Select(one => $"{one.Name} {one.Now ?? "not set"} → {one.Wanted ?? "not set"}")),
            Cost = settings.Any(one => one.IsStatic && (live.Known is not null)) ? Cost.Restart : Cost.Reload,
            At = settings[0].At,
            Remedy = Remedy.By(new ServiceCall($"{(isReset ? "Reset" : "Modify")}{Kind}", parameters)),
        };
    }

    private void Check(string name, Placed<string> value)
    {
        if (live.Known is not { } known)
            return;
        if (!known.TryGetValue(name, out var parameter))
            throw new LockkeeperException(ManagedErrors.BadServiceParameter, $"the family {declared.Family} has no parameter '{name}'", NearestName.Hint(name, [.. known.Keys], "parameters"), value.At);
        if (!parameter.IsModifiable)
            throw new LockkeeperException(ManagedErrors.BadServiceParameter, $"the service does not let {name} be set", "Take it out.", value.At);
        if (ServiceParameterValue.Refusal(Sent(name, value.Value), parameter) is { } refusal)
            throw new LockkeeperException(ManagedErrors.BadServiceParameter, $"the value of {name} is not one that the service takes: {refusal}", "The service also takes a formula, such as {DBInstanceClassMemory/32768}.", value.At);
    }

    private sealed record Setting(string Name, string? Now, string? Wanted, bool IsStatic, SourcePosition? At);
}
