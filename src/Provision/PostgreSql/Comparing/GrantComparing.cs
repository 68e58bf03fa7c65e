using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>
/// Privileges in a database. Those of declared roles are exact; those of PUBLIC are exact on the objects that a grant to public is on, since
/// taking away what every database has by itself (CONNECT, EXECUTE) breaks what nobody thought of; an owner has everything unless a grant names it.
/// </summary>
/// <param name="declared">The cluster.</param>
/// <param name="grants">The grants of the database.</param>
/// <param name="live">The cluster as it is.</param>
/// <param name="now">The database as it is.</param>
/// <param name="owners">Owners that objects will have, where they change in the same run.</param>
/// <param name="loss">Who loses what.</param>
internal sealed class GrantComparing(ClusterConfig declared, IReadOnlyList<Placed<GrantConfig>> grants, LiveCluster live, LiveContent now, IReadOnlyDictionary<ObjectKey, string> owners, AccessLoss loss)
{
    private readonly Dictionary<AccessKey, (bool Grantable, Placed<GrantConfig> By)> wanted = [];
    private readonly HashSet<(ObjectKey, string Role)> spoken = [];
    private readonly List<string> notGiven = [];

    /// <summary>Grants on objects that are not there, in words.</summary>
    public IReadOnlyList<string> NotGiven => notGiven;

    public IEnumerable<Difference> Compare()
    {
        var objects = now.Objects.Where(one => one.Column is null).ToList();
        foreach (var grant in grants)
            Expand(grant, objects);
        var found = now.Objects.SelectMany(one => Entries(one).Select(entry => (Key: new ObjectKey(one.Kind, one.Schema, one.Name, one.Column), one.Owner, Entry: entry))).ToList();
        return Missing(found).Concat(Extra(found));
    }

    private void Expand(Placed<GrantConfig> grant, IReadOnlyList<LiveObject> objects)
    {
        var one = grant.Value;
        var targets = objects.Where(target => target.Kind == one.On && (one.Schema is null || target.Schema == one.Schema)).ToList();
        if (one.On != GrantObject.Database && one.Names.Count > 0)
        {
            foreach (var name in one.Names.Where(name => !targets.Any(target => SameName(one.On, target.Name, name))))
                notGiven.Add($"{now.Database}: {Kind(one.On)} {(one.Schema is null ? "" : one.Schema + ".")}{name} is not there, so nothing is granted on it ({grant.At})");
            targets = [.. targets.Where(target => one.Names.Any(name => SameName(one.On, target.Name, name)))];
        }

        foreach (var target in targets)
        {
            string?[] columns = one.Columns.Count == 0 ? [null] : [.. one.Columns];
            foreach (var role in one.To)
            {
                foreach (var column in columns)
                {
                    var key = new ObjectKey(target.Kind, target.Schema, target.Name, column);
                    spoken.Add((key, role));
                    var privileges = one.Privileges.Contains("ALL", StringComparer.Ordinal) ? AccessEntry.All(one.On, column is not null, live.Major) : one.Privileges;
                    foreach (var privilege in privileges)
                    {
                        var access = new AccessKey(key, role, privilege);
                        wanted[access] = (one.Grantable || (wanted.TryGetValue(access, out var other) && other.Grantable), grant);
                    }
                }
            }
        }
    }

    private IEnumerable<Difference> Missing(IReadOnlyList<(ObjectKey Key, string Owner, AccessEntry Entry)> found)
    {
        var has = found.GroupBy(one => new AccessKey(one.Key, one.Entry.Grantee, one.Entry.Privilege)).ToDictionary(group => group.Key, group => group.Any(one => one.Entry.Grantable));
        // An owner is given everything by itself, and may have taken some of it from itself.
        foreach (var one in now.Objects.Where(one => one.Column is null && one.Acl is not null && declared.Roles.ContainsKey(Owner(one)) && !spoken.Contains((new ObjectKey(one.Kind, one.Schema, one.Name, null), Owner(one)))))
            foreach (var privilege in AccessEntry.All(one.Kind, column: false, live.Major))
                if (!has.ContainsKey(new AccessKey(new ObjectKey(one.Kind, one.Schema, one.Name, null), one.Owner, privilege)) && Owner(one) == one.Owner)
                    wanted.TryAdd(new AccessKey(new ObjectKey(one.Kind, one.Schema, one.Name, null), one.Owner, privilege), (false, null!));
        var ownerNow = now.Objects.Where(one => one.Column is null).ToDictionary(one => new ObjectKey(one.Kind, one.Schema, one.Name, null), one => one.Owner);
        var missing = wanted.Where(one => !has.TryGetValue(one.Key, out var grantable) || (one.Value.Grantable && !grantable && one.Key.Role != OwnerOf(one.Key.Object, ownerNow.GetValueOrDefault(one.Key.Object with { Column = null }, "")))).ToList();
        foreach (var group in missing.GroupBy(one => (one.Key.Object.Kind, one.Key.Object.Schema, one.Key.Role, one.Key.Object.Column is not null ? one.Key.Object : null, one.Value.Grantable, one.Value.By)))
        {
            // The same privileges on many objects are one statement.
            var byObject = group.GroupBy(one => one.Key.Object).Select(one => (Object: one.Key, Privileges: string.Join(", ", one.Select(entry => entry.Key.Privilege)))).GroupBy(one => one.Object.Column is null ? one.Privileges : one.Privileges + one.Object.Column);
            foreach (var same in byObject.SelectMany(one => one.Chunk(100)))
            {
                var (kind, schema, role, _, grantable, by) = group.Key;
                var names = string.Join(", ", same.Select(one => Sql(one.Object)));
                var column = same[0].Object.Column;
                var privileges = column is null ? same[0].Privileges : string.Join(", ", same[0].Privileges.Split(", ").Select(privilege => $"{privilege} ({SqlText.Identifier(column)})"));
                yield return new Difference
                {
                    Phase = Phase.Grants,
                    Object = $"{now.Database}: {Label(kind, schema, [.. same.Select(one => one.Object)])}",
                    Change = $"{same[0].Privileges} to {role}{(grantable ? ", grantable" : "")}{(by is null ? " (its owner)" : "")}",
                    At = by?.At,
                    Remedy = new Remedy(now.Database, $"GRANT {privileges} ON {Keyword(kind)} {names} TO {Role(role)}{(grantable ? " WITH GRANT OPTION" : "")}"),
                };
            }
        }
    }

    private IEnumerable<Difference> Extra(IReadOnlyList<(ObjectKey Key, string Owner, AccessEntry Entry)> found)
    {
        var all = found.Where(one => IsExtra(one.Key, one.Owner, one.Entry)).ToList();
        // What a role has granted on goes when the role's own privilege goes: by then nobody could take it away in the role's name.
        var extra = all.Where(one => one.Entry.Grantor == one.Owner || !all.Any(other => other.Key == one.Key && other.Entry.Grantee == one.Entry.Grantor && other.Entry.Privilege == one.Entry.Privilege && IsTaken(other.Entry.Grantee))).ToList();
        foreach (var group in extra.GroupBy(one => (one.Key, one.Entry.Grantee, one.Entry.Grantor, one.Owner, OptionOnly: wanted.ContainsKey(new AccessKey(one.Key, one.Entry.Grantee, one.Entry.Privilege)))))
        {
            var (key, role, grantor, owner, optionOnly) = group.Key;
            var privileges = group.Select(one => one.Entry.Privilege).ToList();
            var taken = IsTaken(role);
            var text = string.Join(", ", privileges.Select(privilege => key.Column is null ? privilege : $"{privilege} ({SqlText.Identifier(key.Column)})"));
            var revoke = $"REVOKE {(optionOnly ? "GRANT OPTION FOR " : "")}{text} ON {Keyword(key.Kind)} {Sql(key)} FROM {Role(role)} CASCADE";
            var lost = new List<string>();
            if (!optionOnly && !now.IsNew)
                lost.Add($"{string.Join(", ", privileges)} on {Label(key.Kind, key.Schema, [key])} of {now.Database}, from {loss.Whom(role)}");
            // What the role has granted on goes with it.
            lost.AddRange(privileges.SelectMany(privilege => GrantedOn(found.Where(one => one.Key == key && one.Entry.Privilege == privilege).Select(one => one.Entry).ToList(), role))
                .Select(entry => $"{entry.Privilege} on {Label(key.Kind, key.Schema, [key])} of {now.Database}, which {entry.Grantor} has granted to {loss.Whom(entry.Grantee)}"));
            yield return new Difference
            {
                Phase = Phase.Revokes,
                Object = $"{now.Database}: {Label(key.Kind, key.Schema, [key])}",
                Change = taken ? $"{(optionOnly ? "the right to grant " : "")}{string.Join(", ", privileges)} no more to {role} (not declared)" : $"{string.Join(", ", privileges)} to {role}, not declared",
                Cost = taken && lost.Count > 0 ? Cost.Loss : Cost.None,
                Losses = taken ? lost : [],
                Kept = taken ? null : "the role is not declared, and 'exact' does not name grants",
                // A REVOKE by somebody who did not grant it succeeds and does nothing: it must be the grantor.
                Remedy = taken ? new Remedy(now.Database, grantor == owner ? [revoke] : [$"SET LOCAL ROLE {SqlText.Identifier(grantor)}", revoke, "RESET ROLE"]) : null,
            };
        }
    }

    /// <summary>What hangs on a role's privilege: what it has granted, what those have granted, and so on.</summary>
    private static IEnumerable<AccessEntry> GrantedOn(IReadOnlyList<AccessEntry> entries, string role)
    {
        var (open, seen) = (new Queue<string>([role]), new HashSet<string>(StringComparer.Ordinal) { role });
        while (open.TryDequeue(out var grantor))
        {
            foreach (var entry in entries.Where(entry => entry.Grantor == grantor && entry.Grantee != grantor && seen.Add(entry.Grantee)))
            {
                open.Enqueue(entry.Grantee);
                yield return entry;
            }
        }
    }

    private bool IsExtra(ObjectKey key, string owner, AccessEntry entry)
    {
        if (entry.Grantee == OwnerOf(key, owner) || entry.Grantee == owner)
            return false;
        var access = new AccessKey(key, entry.Grantee, entry.Privilege);
        if (wanted.TryGetValue(access, out var by))
            return entry.Grantable && !by.Grantable;
        if (entry.Grantee == "public")
            return spoken.Contains((key with { Column = null }, "public")) || spoken.Contains((key, "public"));
        // The server's own roles have what extensions and the server give them, and to a superuser a grant gives nothing.
        return !entry.Grantee.StartsWith("pg_", StringComparison.Ordinal) && entry.Grantee != live.Self && (declared.Roles.ContainsKey(entry.Grantee) || live.Roles.GetValueOrDefault(entry.Grantee) is not { Superuser: true });
    }

    private bool IsTaken(string role) => role == "public" || declared.Roles.ContainsKey(role) || declared.Exact.Contains(ExactKind.Grants);

    private IEnumerable<AccessEntry> Entries(LiveObject one) => one.Acl is null ? AccessEntry.Standard(one.Kind, one.Owner, live.Major) : AccessEntry.Read(one.Acl);

    private string Owner(LiveObject one) => owners.GetValueOrDefault(new ObjectKey(one.Kind, one.Schema, one.Name, null), one.Owner);

    /// <summary>Who owns an object when grants are given.</summary>
    private string OwnerOf(ObjectKey key, string owner) => owners.GetValueOrDefault(key with { Column = null }, owner);

    private static bool SameName(GrantObject kind, string name, string written) =>
        name == written || (kind == GrantObject.Functions && name.Replace(" ", "", StringComparison.Ordinal) == written.Replace(" ", "", StringComparison.Ordinal));

    private static string Role(string role) => role == "public" ? "PUBLIC" : SqlText.Identifier(role);

    /// <summary>An object in a statement. The types in a function's name are as the server writes them, and are not quoted again.</summary>
    private static string Sql(ObjectKey key) => key.Kind switch
    {
        GrantObject.Functions => SqlText.Identifier(key.Schema!) + "." + SqlText.Identifier(key.Name[..key.Name.IndexOf('(', StringComparison.Ordinal)]) + key.Name[key.Name.IndexOf('(', StringComparison.Ordinal)..],
        GrantObject.LargeObjects => key.Name,
        _ => SqlText.Qualified(key.Schema, key.Name),
    };

    private static string Keyword(GrantObject kind) => kind switch
    {
        GrantObject.Database => "DATABASE",
        GrantObject.Schemas => "SCHEMA",
        GrantObject.Tables => "TABLE",
        GrantObject.Sequences => "SEQUENCE",
        // Procedures and aggregates too (PostgreSQL 11 and later).
        GrantObject.Functions => "ROUTINE",
        GrantObject.Types => "TYPE",
        GrantObject.Languages => "LANGUAGE",
        GrantObject.ForeignDataWrappers => "FOREIGN DATA WRAPPER",
        GrantObject.ForeignServers => "FOREIGN SERVER",
        _ => "LARGE OBJECT",
    };

    private static string Kind(GrantObject kind) => kind switch
    {
        GrantObject.Database => "database",
        GrantObject.Schemas => "schema",
        GrantObject.Tables => "table",
        GrantObject.Sequences => "sequence",
        GrantObject.Functions => "function",
        GrantObject.Types => "type",
        GrantObject.Languages => "language",
        GrantObject.ForeignDataWrappers => "foreign data wrapper",
        GrantObject.ForeignServers => "foreign server",
        _ => "large object",
    };

    private static string Label(GrantObject kind, string? schema, IReadOnlyList<ObjectKey> objects)
    {
        if (kind == GrantObject.Database)
            return "database";
        var first = (schema is null ? "" : schema + ".") + objects[0].Name + (objects[0].Column is { } column ? $", column {column}" : "");
        return objects.Count == 1 ? $"{Kind(kind)} {first}" : $"{Kind(kind)} {first} and {objects.Count - 1} more";
    }
}

/// <summary>An object of a database.</summary>
internal sealed record ObjectKey(GrantObject Kind, string? Schema, string Name, string? Column);

/// <summary>A privilege of a role on an object.</summary>
internal sealed record AccessKey(ObjectKey Object, string Role, string Privilege);
