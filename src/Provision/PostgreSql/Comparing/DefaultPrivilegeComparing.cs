using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>
/// Privileges on what declared roles will make. A row of the catalog without a schema replaces what PostgreSQL gives by itself, one with a schema only adds to it, so the first is
/// read against the standard and the second against nothing.
/// </summary>
internal sealed class DefaultPrivilegeComparing(ClusterConfig declared, IReadOnlyList<Placed<DefaultPrivilegeConfig>> wanted, LiveCluster live, LiveContent now)
{
    private sealed record Key(string Creator, string? Schema, GrantObject Kind, string Role, string Privilege);

    public IEnumerable<Difference> Compare()
    {
        var should = new Dictionary<Key, (bool Grantable, Placed<DefaultPrivilegeConfig> By)>();
        var spoken = new HashSet<(string Creator, string? Schema, GrantObject Kind, string Role)>();
        foreach (var one in wanted)
        {
            foreach (var creator in one.Value.Creators)
            {
                foreach (var role in one.Value.To)
                {
                    spoken.Add((creator, one.Value.Schema, one.Value.On, role));
                    foreach (var privilege in one.Value.Privileges.Contains("ALL", StringComparer.Ordinal) ? AccessEntry.All(one.Value.On, column: false, live.Major) : one.Value.Privileges)
                        should[new Key(creator, one.Value.Schema, one.Value.On, role, privilege)] = (one.Value.Grantable, one);
                }
            }
        }

        var has = Has(spoken.Select(one => (one.Creator, one.Schema, one.Kind)).Distinct());
        foreach (var group in should.Where(one => !has.TryGetValue(one.Key, out var grantable) || (one.Value.Grantable && !grantable)).GroupBy(one => (one.Key.Creator, one.Key.Schema, one.Key.Kind, one.Key.Role, one.Value.Grantable)))
            yield return Change(group.Key.Creator, group.Key.Schema, group.Key.Kind, group.Key.Role, [.. group.Select(one => one.Key.Privilege)], group.Key.Grantable, optionOnly: false, gives: true, group.First().Value.By.At);
        var extra = has.Where(one => declared.Roles.ContainsKey(one.Key.Creator) && one.Key.Role != one.Key.Creator && IsManaged(one.Key, spoken) && (!should.TryGetValue(one.Key, out var by) || (one.Value && !by.Grantable)));
        foreach (var group in extra.GroupBy(one => (one.Key.Creator, one.Key.Schema, one.Key.Kind, one.Key.Role, OptionOnly: should.ContainsKey(one.Key))))
            yield return Change(group.Key.Creator, group.Key.Schema, group.Key.Kind, group.Key.Role, [.. group.Select(one => one.Key.Privilege)], grantable: false, group.Key.OptionOnly, gives: false, null);
    }

    private bool IsManaged(Key key, HashSet<(string, string?, GrantObject, string)> spoken) =>
        key.Role == "public" ? spoken.Contains((key.Creator, key.Schema, key.Kind, "public")) : declared.Roles.ContainsKey(key.Role) || declared.Exact.Contains(ExactKind.Grants);

    private Dictionary<Key, bool> Has(IEnumerable<(string Creator, string? Schema, GrantObject Kind)> places)
    {
        var has = new Dictionary<Key, bool>();
        foreach (var row in now.DefaultPrivileges)
        {
            foreach (var entry in AccessEntry.Read(row.Acl))
                Add(row.Creator, row.Schema, row.Kind, entry);
        }

        foreach (var (creator, schema, kind) in places.Where(place => place.Schema is null && !now.DefaultPrivileges.Any(row => row.Creator == place.Creator && row.Schema is null && row.Kind == place.Kind)))
        {
            foreach (var entry in AccessEntry.Standard(kind, creator, live.Major))
                Add(creator, schema, kind, entry);
        }

        return has;

        void Add(string creator, string? schema, GrantObject kind, AccessEntry entry)
        {
            var key = new Key(creator, schema, kind, entry.Grantee, entry.Privilege);
            has[key] = entry.Grantable || (has.TryGetValue(key, out var grantable) && grantable);
        }
    }

    private Difference Change(string creator, string? schema, GrantObject kind, string role, IReadOnlyList<string> privileges, bool grantable, bool optionOnly, bool gives, Kernel.Errors.SourcePosition? at)
    {
        var alter = $"ALTER DEFAULT PRIVILEGES FOR ROLE {SqlText.Identifier(creator)}{(schema is null ? "" : $" IN SCHEMA {SqlText.Identifier(schema)}")}";
        var to = role == "public" ? "PUBLIC" : SqlText.Identifier(role);
        var objects = kind switch
        {
            GrantObject.Tables => "TABLES",
            GrantObject.Sequences => "SEQUENCES",
            GrantObject.Functions => "FUNCTIONS",
            GrantObject.Types => "TYPES",
            _ => "SCHEMAS",
        };
        var words = string.Join(", ", privileges);
        return new Difference
        {
            Phase = Phase.DefaultPrivileges,
            Object = $"{now.Database}: {objects.ToLowerInvariant()} that {creator} will make{(schema is null ? "" : $" in {schema}")}",
            Change = gives ? $"{words} to {role}{(grantable ? ", grantable" : "")}" : $"{(optionOnly ? "the right to grant " : "")}{words} no more to {role} (not declared)",
            At = at,
            Remedy = new Remedy(now.Database, gives
                ? $"{alter} GRANT {words} ON {objects} TO {to}{(grantable ? " WITH GRANT OPTION" : "")}"
                : $"{alter} REVOKE {(optionOnly ? "GRANT OPTION FOR " : "")}{words} ON {objects} FROM {to}"),
        };
    }
}
