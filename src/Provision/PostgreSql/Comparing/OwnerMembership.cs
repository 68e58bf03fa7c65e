using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>
/// Memberships of the administrator's own role where it is no superuser, as in a managed service: PostgreSQL lets somebody else give a thing to a role, change what the role owns or speak for what it
/// makes only when he is a member of it.
/// </summary>
internal static class OwnerMembership
{
    public static IEnumerable<Difference> Compare(ClusterConfig declared, LiveCluster live)
    {
        if (live.IsSuperuser)
            yield break;
        var has = live.Memberships.Where(one => one.Member == live.Self && one is { Inherit: true, Set: true }).Select(one => one.Role).ToHashSet(StringComparer.Ordinal);
        foreach (var (role, at) in Needed(declared).Where(one => one.Role != live.Self && one.Role != "public" && !one.Role.StartsWith("pg_", StringComparison.Ordinal) && !has.Contains(one.Role)).DistinctBy(one => one.Role, StringComparer.Ordinal))
        {
            yield return new Difference
            {
                Phase = Phase.Memberships,
                Object = $"role {live.Self}",
                Change = $"member of {role}, since it is no superuser and is to give it things",
                At = at,
                // Without options PostgreSQL 16 takes INHERIT from the member and lets it SET; one that the role got by making the other has neither.
                Remedy = new Remedy(null, $"GRANT {SqlText.Identifier(role)} TO CURRENT_USER{(live.Major >= 16 ? " WITH INHERIT TRUE, SET TRUE" : "")}"),
            };
        }
    }

    private static IEnumerable<(string Role, SourcePosition? At)> Needed(ClusterConfig declared)
    {
        foreach (var database in declared.Databases.Values)
        {
            if (database.Value.Owner is { } owner)
                yield return (owner.Value, owner.At);
            foreach (var schema in database.Value.Schemas.Values.Where(schema => schema.Value.Owner is not null))
                yield return (schema.Value.Owner!, schema.At);
            foreach (var one in database.Value.DefaultPrivileges ?? [])
                foreach (var creator in one.Value.Creators)
                    yield return (creator, one.At);
        }
    }
}
