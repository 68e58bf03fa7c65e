using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Finds roles that a declaration names and that will not be there, before a statement fails for it half-way.</summary>
internal static class RoleReferences
{
    /// <exception cref="LockkeeperException">A role is neither declared nor on the server; the first one, with the others.</exception>
    public static void Check(ClusterConfig declared, LiveCluster live)
    {
        // The server's own roles are not read: a file may name them, and PostgreSQL refuses those that it does not have.
        var errors = Named(declared).Where(one => one.Role != "public" && !one.Role.StartsWith("pg_", StringComparison.Ordinal) && !declared.Roles.ContainsKey(one.Role) && !live.Roles.ContainsKey(one.Role))
            .Select(one => new LockkeeperException(KernelErrors.UnknownName, $"{one.Where} '{one.Role}', which is neither declared nor a role of the server", Hint(one.Role, declared, live), one.At)).ToList();
        if (errors.Count > 0)
            throw new LockkeeperException(errors[0].Code, errors[0].Message, errors[0].Hint, errors[0].At) { Others = [.. errors.Skip(1)] };
    }

    private static string Hint(string role, ClusterConfig declared, LiveCluster live) =>
        NearestName.Of(role, [.. declared.Roles.Keys, .. live.Roles.Keys]) is { } near ? $"Did you mean '{near}'?" : $"Declare it under 'roles': {role}:";

    private static IEnumerable<(string Role, string Where, SourcePosition At)> Named(ClusterConfig declared)
    {
        foreach (var (name, role) in declared.Roles)
            foreach (var membership in role.Value.MemberOf)
                yield return (membership.Value.Role, $"the role '{name}' is a member of", membership.At);
        foreach (var (name, database) in declared.Databases)
        {
            if (database.Value.Owner is { } owner)
                yield return (owner.Value, $"the owner of the database '{name}' is", owner.At);
            foreach (var (schema, config) in database.Value.Schemas)
                if (config.Value.Owner is { } schemaOwner)
                    yield return (schemaOwner, $"the owner of the schema '{schema}' is", config.At);
            foreach (var (table, security) in database.Value.RowSecurity)
                foreach (var (policy, config) in security.Value.Policies)
                    foreach (var role in config.Value.To)
                        yield return (role, $"the policy '{policy}' of {table} is for", config.At);
        }
    }
}
