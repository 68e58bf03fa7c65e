using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Adopting;

/// <summary>Writes the privileges of a database as few grants: objects of one kind and schema on which a role has the same are one.</summary>
/// <param name="live">The cluster.</param>
/// <param name="content">The database.</param>
/// <param name="isDeclared">Whether a role is in the declaration.</param>
internal sealed class GrantWriter(LiveCluster live, LiveContent content, Func<string, bool> isDeclared)
{
    private sealed record Access(LiveObject On, string Role, string Privileges, bool Grantable);

    public IEnumerable<string> Lines()
    {
        var all = content.Objects.Where(one => one.Acl is not null).SelectMany(Of).ToList();
        foreach (var group in all.GroupBy(one => (one.On.Kind, one.On.Schema, Column: one.On.Column is null ? null : one.On, one.Privileges, one.Grantable)))
        {
            // Roles with the same privileges on the same objects stand in one grant.
            var byRole = group.GroupBy(one => one.Role).Select(role => (Role: role.Key, Names: role.Select(one => one.On.Name).Order(StringComparer.Ordinal).ToList())).GroupBy(role => string.Join('\0', role.Names));
            foreach (var same in byRole)
                yield return Line(same.Select(one => one.Role), group.Key.Kind, group.Key.Schema, same.First().Names, group.Key.Column?.Column, group.Key.Privileges, group.Key.Grantable);
        }
    }

    public IEnumerable<string> DefaultLines()
    {
        foreach (var row in content.DefaultPrivileges.Where(row => isDeclared(row.Creator)))
        {
            var entries = AccessEntry.Read(row.Acl).ToList();
            var standard = row.Schema is null ? AccessEntry.Standard(row.Kind, row.Creator, live.Major).ToList() : [];
            var roles = entries.Select(one => one.Grantee).Where(role => role != row.Creator && role != "public" && isDeclared(role)).Distinct().ToList();
            if (!Same(entries.Where(one => one.Grantee == "public"), standard.Where(one => one.Grantee == "public")))
                roles.Add("public");
            foreach (var role in roles)
            {
                foreach (var option in entries.Where(one => one.Grantee == role).GroupBy(one => one.Grantable).DefaultIfEmpty(null))
                    yield return DefaultLine(row, role, [.. option?.Select(one => one.Privilege) ?? []], option?.Key == true);
            }
        }
    }

    private string DefaultLine(LiveDefaultPrivilege row, string role, IReadOnlyList<string> privileges, bool grantable)
    {
        var keys = new List<(string, string)> { ("creator", YamlText.Scalar(row.Creator)) };
        if (row.Schema is not null)
            keys.Add(("schema", YamlText.Scalar(row.Schema)));
        keys.Add(("kind", GrantObjects.Word(row.Kind)));
        keys.Add(("to", YamlText.Scalar(role)));
        keys.Add(("privileges", Privileges(row.Kind, null, string.Join(", ", privileges))));
        if (grantable)
            keys.Add(("grantable", "true"));
        return YamlText.Map(keys);
    }

    private IEnumerable<Access> Of(LiveObject one)
    {
        var entries = AccessEntry.Read(one.Acl!).ToList();
        foreach (var role in entries.Where(entry => entry.Grantee != one.Owner && entry.Grantee != "public" && isDeclared(entry.Grantee) && !entry.Grantee.StartsWith("pg_", StringComparison.Ordinal)).GroupBy(entry => entry.Grantee))
        {
            // Granted by several, a privilege is one.
            var merged = role.GroupBy(entry => entry.Privilege).Select(entry => (Privilege: entry.Key, Grantable: entry.Any(by => by.Grantable)));
            foreach (var option in merged.GroupBy(entry => entry.Grantable))
                yield return new Access(one, role.Key, Words(option.Select(entry => entry.Privilege)), option.Key);
        }

        if (one.Column is not null)
            yield break;
        var standard = AccessEntry.Standard(one.Kind, one.Owner, live.Major).ToList();
        foreach (var role in new[] { "public", one.Owner })
        {
            var isSpecial = !Same(entries.Where(entry => entry.Grantee == role), standard.Where(entry => entry.Grantee == role));
            if (isSpecial && (role == "public" || (isDeclared(role) && !role.StartsWith("pg_", StringComparison.Ordinal))))
                yield return new Access(one, role, Words(entries.Where(entry => entry.Grantee == role).Select(entry => entry.Privilege).Distinct()), Grantable: false);
        }
    }

    private string Line(IEnumerable<string> roles, GrantObject kind, string? schema, IReadOnlyList<string> names, string? column, string privileges, bool grantable)
    {
        var to = roles.Order(StringComparer.Ordinal).ToList();
        var keys = new List<(string, string)> { ("to", to.Count == 1 ? YamlText.Scalar(to[0]) : YamlText.List(to)), ("kind", GrantObjects.Word(kind)) };
        if (schema is not null)
            keys.Add(("schema", YamlText.Scalar(schema)));
        if (kind != GrantObject.Database && !IsEvery(kind, schema, names, column))
            keys.Add(("names", YamlText.List(names)));
        if (column is not null)
            keys.Add(("columns", YamlText.List([column])));
        keys.Add(("privileges", Privileges(kind, column, privileges)));
        if (grantable)
            keys.Add(("grantable", "true"));
        return YamlText.Map(keys);
    }

    /// <summary>Whether these are all that there are. Tables are named all the same: one that is made later may hold what nobody should see.</summary>
    private bool IsEvery(GrantObject kind, string? schema, IReadOnlyList<string> names, string? column) =>
        kind is GrantObject.Functions or GrantObject.Types or GrantObject.Sequences && column is null && content.Objects.Count(one => one.Kind == kind && one.Schema == schema && one.Column is null) == names.Count;

    private string Privileges(GrantObject kind, string? column, string privileges) =>
        privileges.Length > 0 && privileges == Words(AccessEntry.All(kind, column is not null, live.Major)) ? "all" : YamlText.List(privileges.Length == 0 ? [] : privileges.ToLowerInvariant().Split(", "));

    private static bool Same(IEnumerable<AccessEntry> one, IEnumerable<AccessEntry> other) => one.Select(entry => entry.Privilege).ToHashSet(StringComparer.Ordinal).SetEquals(other.Select(entry => entry.Privilege));

    private static string Words(IEnumerable<string> privileges) => string.Join(", ", privileges.Order(StringComparer.Ordinal));
}
