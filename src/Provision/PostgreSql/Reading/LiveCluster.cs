using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Reading;

/// <summary>What a cluster is, as its shared catalogs say.</summary>
internal sealed record LiveCluster
{
    /// <summary>The server's version number, such as 150013.</summary>
    public required int VersionNumber { get; init; }

    /// <summary>Its version as it says it.</summary>
    public required string Version { get; init; }

    /// <summary>The role that this program is.</summary>
    public required string Self { get; init; }

    /// <summary>Whether that role is a superuser.</summary>
    public required bool IsSuperuser { get; init; }

    /// <summary>The database that this program is connected to.</summary>
    public required string Home { get; init; }

    public required IReadOnlyDictionary<string, LiveRole> Roles { get; init; }

    public required IReadOnlyList<LiveMembership> Memberships { get; init; }

    public required IReadOnlyList<LiveSetting> Settings { get; init; }

    public required IReadOnlyDictionary<string, LiveParameter> Parameters { get; init; }

    public required IReadOnlyDictionary<string, LiveDatabase> Databases { get; init; }

    /// <summary>The versions of extensions that are installed on the machine, by extension; the default one first.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> AvailableExtensions { get; init; }

    /// <summary>What roles that are not declared own and may do, by database: what stands in the way of dropping them.</summary>
    public required IReadOnlyList<LiveDependency> Dependencies { get; init; }

    public int Major => VersionNumber / 10_000;
}

/// <summary>A role.</summary>
/// <remarks>Verifier: what the server keeps of its password; null for none, and when it may not be read.</remarks>
internal sealed record LiveRole(
    string Name, bool Superuser, bool Inherit, bool CreateRole, bool CreateDatabase, bool Login, bool Replication, bool BypassRowSecurity, int ConnectionLimit, DateTimeOffset? ValidUntil, string? Verifier, bool IsVerifierKnown);

/// <summary>How much depends on a role in a database; null for what belongs to the whole cluster.</summary>
internal sealed record LiveDependency(string Role, string? Database, long Owned, long All);

/// <summary>A membership, over all who granted it.</summary>
internal sealed record LiveMembership(string Role, string Member, bool Admin, bool Inherit, bool Set);

/// <summary>A setting of a database, a role, or a role in a database.</summary>
internal sealed record LiveSetting(string? Database, string? Role, string Name, string Value);

/// <summary>A server parameter.</summary>
/// <remarks>Setting: what holds, in Unit. Default: what would hold without any setting. FromFile: what the configuration files say; null when they say nothing. IsSystem: whether ALTER SYSTEM has set it.</remarks>
internal sealed record LiveParameter(
    string Name, string Setting, string? Unit, string Type, string Context, string? Least, string? Most, IReadOnlyList<string> Choices, string Source, string Default, bool PendingRestart, string? FromFile, bool IsSystem);

/// <summary>A database.</summary>
internal sealed record LiveDatabase(string Name, string Owner, string Encoding, string Collation, string CharacterType, int ConnectionLimit, bool AllowsConnections);

/// <summary>What is in a database, as far as declarations speak of it.</summary>
internal sealed record LiveContent
{
    public required string Database { get; init; }

    public required IReadOnlyList<LiveObject> Objects { get; init; }

    public required IReadOnlyList<LiveExtension> Extensions { get; init; }

    public required IReadOnlyList<LiveDefaultPrivilege> DefaultPrivileges { get; init; }

    /// <summary>Row security by table, schema first, of tables that have any.</summary>
    public required IReadOnlyDictionary<string, LiveRowSecurity> RowSecurity { get; init; }

    /// <summary>Whether the database is still to be made: nobody loses anything in it.</summary>
    public bool IsNew { get; init; }

    /// <summary>What a database that is about to be made from template0 will have.</summary>
    public static LiveContent Fresh(string database, string owner, int major) => new()
    {
        Database = database,
        IsNew = true,
        Objects =
        [
            new LiveObject(GrantObject.Database, null, database, null, owner, null, IsOfExtension: false),
            // The schema public has belonged to pg_database_owner, and has not been open for everybody to create in, since PostgreSQL 15.
            new LiveObject(GrantObject.Schemas, null, "public", null, major >= 15 ? "pg_database_owner" : "postgres", major >= 15 ? ["pg_database_owner=UC/pg_database_owner", "=U/pg_database_owner"] : ["postgres=UC/postgres", "=UC/postgres"], IsOfExtension: false),
        ],
        Extensions = [new LiveExtension("plpgsql", "pg_catalog", "1.0")],
        DefaultPrivileges = [],
        RowSecurity = new Dictionary<string, LiveRowSecurity>(),
    };
}

/// <summary>An object that privileges are on.</summary>
/// <remarks>Column: a column of a table; null for the object itself. Acl: its access control list as the catalog has it; null for the standard one.</remarks>
internal sealed record LiveObject(GrantObject Kind, string? Schema, string Name, string? Column, string Owner, IReadOnlyList<string>? Acl, bool IsOfExtension);

/// <summary>An extension.</summary>
internal sealed record LiveExtension(string Name, string Schema, string Version);

/// <summary>Default privileges of what a role makes.</summary>
internal sealed record LiveDefaultPrivilege(string Creator, string? Schema, GrantObject Kind, IReadOnlyList<string> Acl);

/// <summary>Row security of a table.</summary>
internal sealed record LiveRowSecurity(string Owner, bool Enabled, bool Forced, IReadOnlyDictionary<string, LivePolicy> Policies);

/// <summary>A row policy, its expressions as the server writes them.</summary>
internal sealed record LivePolicy(string Command, bool Restrictive, IReadOnlyList<string> Roles, string? Using, string? Check);
