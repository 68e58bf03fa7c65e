namespace Lockkeeper.Server.Access;

/// <summary>What the groups of another place may do here.</summary>
internal sealed class GroupRoles
{
    private readonly Dictionary<string, IReadOnlyList<Grant>> grants = new(StringComparer.Ordinal);

    /// <summary>Reads the roles of each group.</summary>
    /// <exception cref="Kernel.Errors.LockkeeperException">A role is none (LK7012).</exception>
    public GroupRoles(IReadOnlyDictionary<string, string> roles)
    {
        foreach (var (group, text) in roles)
            grants[group] = Grant.ParseAll(text);
    }

    /// <summary>What somebody with these groups may do; empty for nothing.</summary>
    public IReadOnlyList<Grant> Of(IEnumerable<string> groups) => [.. groups.SelectMany(group => grants.GetValueOrDefault(group) ?? []).Distinct()];
}
