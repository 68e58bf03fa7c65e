using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Exports;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>
/// Privileges as resources of the provider cyrilgdn/postgresql. A postgresql_grant is all that a role has on its objects, so two of them for the same would take turns
/// in undoing one another: what is declared in several grants is one resource.
/// </summary>
internal static class TerraformGrants
{
    private const string File = "grants.tf";

    public static void Write(ModuleDraft draft)
    {
        foreach (var (name, database) in draft.Cluster.Databases)
        {
            WriteGrants(draft, name, database.Value);
            WriteDefaults(draft, name, database.Value);
        }
    }

    private static void WriteGrants(ModuleDraft draft, string database, ClusterDatabaseConfig declared)
    {
        var pieces = new OrderedDictionary<Piece, HashSet<string>>();
        foreach (var grant in declared.Grants ?? [])
        {
            foreach (var piece in Pieces(draft, database, declared, grant.Value))
            {
                if (!pieces.TryGetValue(piece, out var privileges))
                    pieces.Add(piece, privileges = []);
                privileges.UnionWith(Privileges(draft, grant.Value.Privileges, grant.Value.On, grant.Value.Columns.Count > 0));
            }
        }

        foreach (var (piece, privileges) in pieces)
            WriteGrant(draft, database, piece, privileges);
        foreach (var fight in pieces.Keys.Where(piece => piece.Objects.Length > 0 && pieces.Keys.Any(other => other != piece && other.Role == piece.Role && other.Type == piece.Type && other.Schema == piece.Schema && other.Objects.Length == 0)))
            draft.Note(File, $"{database}: that {fight.Role} has one set of privileges on all {fight.Type}s of {fight.Schema} and another on {fight.Objects.Replace("\0", ", ", StringComparison.Ordinal)}: the two resources undo one another");
    }

    private static IEnumerable<Piece> Pieces(ModuleDraft draft, string database, ClusterDatabaseConfig declared, GrantConfig grant)
    {
        var type = grant.On switch
        {
            GrantObject.Database => "database",
            GrantObject.Schemas => "schema",
            GrantObject.Tables => grant.Columns.Count > 0 ? "column" : "table",
            GrantObject.Sequences => "sequence",
            // Functions, procedures and aggregates are one kind here, as in GRANT … ON ROUTINE.
            GrantObject.Functions => "routine",
            GrantObject.ForeignDataWrappers => "foreign_data_wrapper",
            GrantObject.ForeignServers => "foreign_server",
            _ => null,
        };
        if (type is null)
        {
            draft.Note(File, $"{database}: grants on {(grant.On == GrantObject.LargeObjects ? "large objects" : grant.On.ToString().ToLowerInvariant())}: {string.Join(", ", grant.Names)}");
            return [];
        }

        if (type == "column" && grant.Names.Count == 0)
        {
            draft.Note(File, $"{database}: grants on the columns {string.Join(", ", grant.Columns)} of every table of {grant.Schema}");
            return [];
        }

        var names = grant.On == GrantObject.Schemas && grant.Names.Count == 0 ? [.. declared.Schemas.Keys] : grant.Names;
        // The provider takes one of these at a time.
        var each = type is "schema" or "column" or "foreign_data_wrapper" or "foreign_server" ? names.Select(one => (IReadOnlyList<string>)[one]) : [names];
        return grant.To.SelectMany(role => each.Select(some => type == "schema"
            ? new Piece(role, type, some[0], "", "", grant.Grantable)
            : new Piece(role, type, grant.Schema ?? "", Joined(some), Joined(grant.Columns), grant.Grantable)));
    }

    private static void WriteGrant(ModuleDraft draft, string database, Piece piece, HashSet<string> privileges)
    {
        var text = draft.File(File);
        var name = string.Join('_', new[] { database, piece.Role, piece.Type, piece.Schema, piece.Objects, piece.Columns, piece.Grantable ? "grantable" : "" }.Where(part => part.Length > 0));
        text.Block("resource", ["postgresql_grant", draft.Names.Of("postgresql_grant", Short(name))], () =>
        {
            text.Set("database", draft.Database(database));
            text.Set("role", draft.Role(piece.Role));
            if (piece.Schema.Length > 0)
                text.Set("schema", draft.Schema(database, piece.Schema));
            text.Set("object_type", HclText.Quote(piece.Type));
            if (piece.Grantable)
                text.Set("with_grant_option", "true");
            text.Set("privileges", HclText.List(privileges.Order(StringComparer.Ordinal).Select(HclText.Quote)));
            if (piece.Objects.Length > 0)
                text.SetMany("objects", [.. piece.Objects.Split('\0').Select(HclText.Quote)]);
            if (piece.Columns.Length > 0)
                text.SetMany("columns", [.. piece.Columns.Split('\0').Select(HclText.Quote)]);
        });
    }

    private static void WriteDefaults(ModuleDraft draft, string database, ClusterDatabaseConfig declared)
    {
        var pieces = new OrderedDictionary<(string Creator, string Role, string Type, string Schema, bool Grantable), HashSet<string>>();
        foreach (var one in declared.DefaultPrivileges ?? [])
        {
            var type = one.Value.On switch { GrantObject.Tables => "table", GrantObject.Sequences => "sequence", GrantObject.Functions => "function", GrantObject.Types => "type", _ => "schema" };
            foreach (var key in one.Value.Creators.SelectMany(creator => one.Value.To.Select(role => (creator, role, type, one.Value.Schema ?? "", one.Value.Grantable))))
            {
                if (!pieces.TryGetValue(key, out var privileges))
                    pieces.Add(key, privileges = []);
                privileges.UnionWith(Privileges(draft, one.Value.Privileges, one.Value.On, columns: false));
            }
        }

        var text = draft.File(File);
        foreach (var (piece, privileges) in pieces)
        {
            var name = string.Join('_', new[] { database, piece.Creator, piece.Role, piece.Type, piece.Schema, piece.Grantable ? "grantable" : "" }.Where(part => part.Length > 0));
            text.Block("resource", ["postgresql_default_privileges", draft.Names.Of("postgresql_default_privileges", Short(name))], () =>
            {
                text.Set("database", draft.Database(database));
                text.Set("owner", draft.Role(piece.Creator));
                text.Set("role", draft.Role(piece.Role));
                if (piece.Schema.Length > 0)
                    text.Set("schema", draft.Schema(database, piece.Schema));
                text.Set("object_type", HclText.Quote(piece.Type));
                if (piece.Grantable)
                    text.Set("with_grant_option", "true");
                text.Set("privileges", HclText.List(privileges.Order(StringComparer.Ordinal).Select(HclText.Quote)));
            });
        }
    }

    /// <summary>ALL is written out: the provider reads the privileges back one by one, and would see a change each time.</summary>
    private static IEnumerable<string> Privileges(ModuleDraft draft, IReadOnlyList<string> declared, GrantObject kind, bool columns)
    {
        var all = declared.Contains("ALL", StringComparer.Ordinal) ? AccessEntry.All(kind, columns, draft.Cluster.Version ?? 0) : declared;
        if (all.Contains("MAINTAIN", StringComparer.Ordinal))
            draft.Note(File, "the privilege MAINTAIN: the provider knows no such one");
        return all.Where(privilege => privilege != "MAINTAIN");
    }

    private static string Joined(IEnumerable<string> names) => string.Join('\0', names.Distinct(StringComparer.Ordinal));

    /// <summary>A name that fits in a line; the names of resources are told apart by a number where they become the same.</summary>
    private static string Short(string name) => name.Length <= 80 ? name : name[..80];

    /// <summary>What one resource is about. Names are joined by NUL, which no name holds, so that two of them compare.</summary>
    private sealed record Piece(string Role, string Type, string Schema, string Objects, string Columns, bool Grantable);
}
