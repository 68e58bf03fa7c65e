using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>A value with the place where it was declared.</summary>
/// <param name="Value">The value.</param>
/// <param name="At">Its place.</param>
/// <typeparam name="T">What it is.</typeparam>
public sealed record Placed<T>(T Value, SourcePosition At);

/// <summary>Kinds of things of which what is not declared is taken away. Of the others it is only reported.</summary>
public enum ExactKind
{
    /// <summary>Roles.</summary>
    Roles,

    /// <summary>Databases, with all that is in them.</summary>
    Databases,

    /// <summary>Schemas of declared databases, with all that is in them.</summary>
    Schemas,

    /// <summary>Extensions of declared databases.</summary>
    Extensions,

    /// <summary>Privileges of roles that are not declared, on what is in declared databases.</summary>
    Grants,
}

/// <summary>A cluster as it should be: one file of <c>clusters/</c>. Keys, defaults and their meaning are declared once in <c>ClusterShape</c>.</summary>
public sealed record ClusterConfig
{
    /// <summary>Its name: that of the file, unless the file says another.</summary>
    public required string Name { get; init; }

    /// <summary>The file as a user would type it.</summary>
    public required string File { get; init; }

    /// <summary>The engine, one of <see cref="ClusterEngines"/>.</summary>
    public string Engine { get; init; } = "postgres";

    /// <summary>The major version; null for whatever the server is.</summary>
    public int? Version { get; init; }

    /// <summary>The environment of lockkeeper.yaml whose approvals and window hold for it; null for none.</summary>
    public Placed<string>? Environment { get; init; }

    /// <summary>The connection URL of the role that may change it, with secret references; <see cref="NoAdmin"/> when the master user of a managed service is that role.</summary>
    public required Placed<string> Admin { get; init; }

    /// <summary>How a managed service keeps it; null for a server that is reached by its protocol alone.</summary>
    public Placed<ManagedConfig>? Managed { get; init; }

    /// <summary>That no URL of an administrator is declared.</summary>
    public static Placed<string> NoAdmin { get; } = new("", new SourcePosition("", 1, 1));

    /// <summary>What it has to work with; null when nothing is computed from it.</summary>
    public SizeConfig? Size { get; init; }

    /// <summary>The kind of work that its settings are computed for: <c>none</c>, <c>oltp</c>, <c>olap</c> or <c>small</c>; null for none.</summary>
    public Placed<string>? Profile { get; init; }

    /// <summary>Server parameters by name.</summary>
    public IReadOnlyDictionary<string, Placed<string>> Parameters { get; init; } = new Dictionary<string, Placed<string>>();

    /// <summary>Roles by name.</summary>
    public IReadOnlyDictionary<string, Placed<RoleConfig>> Roles { get; init; } = new Dictionary<string, Placed<RoleConfig>>();

    /// <summary>Databases by name.</summary>
    public IReadOnlyDictionary<string, Placed<ClusterDatabaseConfig>> Databases { get; init; } = new Dictionary<string, Placed<ClusterDatabaseConfig>>();

    /// <summary>Of which kinds what is not declared is taken away.</summary>
    public IReadOnlyList<ExactKind> Exact { get; init; } = [];

    /// <summary>Whether it and its databases may never be destroyed.</summary>
    public bool Protect { get; init; } = true;

    /// <summary>The hosts of its instance; empty for this one.</summary>
    public IReadOnlyList<Placed<NodeConfig>> Nodes { get; init; } = [];

    /// <summary>What pools the connections of clients; null for nothing.</summary>
    public Placed<PoolerConfig>? Pooler { get; init; }

    /// <summary>The server itself, made and kept by the program; null when somebody else keeps it.</summary>
    public Placed<InstanceConfig>? Instance { get; init; }

    /// <summary>Who may connect from where; null when nothing is said about it.</summary>
    public IReadOnlyList<Placed<AccessRuleConfig>>? Access { get; init; }

    /// <summary>Encrypted connections; null when nothing is said about them.</summary>
    public Placed<TlsConfig>? Tls { get; init; }

    /// <summary>How it is backed up; null when nothing is said about it.</summary>
    public Placed<BackupConfig>? Backup { get; init; }

    /// <summary>How it is watched; null when nothing is said about it.</summary>
    public Placed<MonitoringConfig>? Monitoring { get; init; }

    /// <summary>The host that takes changes.</summary>
    public NodeConfig Primary => Nodes.FirstOrDefault(node => node.Value.Role == NodeRole.Primary)?.Value ?? new NodeConfig { Name = NodeConfig.Local };
}

/// <summary>What a cluster has to work with.</summary>
/// <param name="MemoryBytes">Memory.</param>
/// <param name="Cores">Processor cores.</param>
/// <param name="DiskBytes">The disk of the data directory.</param>
/// <param name="RotatingDisk">Whether that disk rotates.</param>
public sealed record SizeConfig(long MemoryBytes, int Cores, long DiskBytes, bool RotatingDisk);

/// <summary>A role as it should be.</summary>
public sealed record RoleConfig
{
    /// <summary>Whether it may sign in.</summary>
    public bool Login { get; init; }

    /// <summary>Whether nothing is refused to it.</summary>
    public bool Superuser { get; init; }

    /// <summary>Whether it may create databases.</summary>
    public bool CreateDatabase { get; init; }

    /// <summary>Whether it may create roles.</summary>
    public bool CreateRole { get; init; }

    /// <summary>Whether it may replicate.</summary>
    public bool Replication { get; init; }

    /// <summary>Whether row policies do not hold for it.</summary>
    public bool BypassRowSecurity { get; init; }

    /// <summary>Whether it has the privileges of the roles that it is a member of without SET ROLE.</summary>
    public bool Inherit { get; init; } = true;

    /// <summary>The most sessions it may have at once; -1 for no limit.</summary>
    public int ConnectionLimit { get; init; } = -1;

    /// <summary>Until when its password holds; null for always.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Its password as a secret reference; null when nothing is said about it.</summary>
    public Placed<string>? Password { get; init; }

    /// <summary>The roles that it is a member of.</summary>
    public IReadOnlyList<Placed<MembershipConfig>> MemberOf { get; init; } = [];

    /// <summary>Settings of its sessions.</summary>
    public IReadOnlyDictionary<string, Placed<string>> Settings { get; init; } = new Dictionary<string, Placed<string>>();

    /// <summary>Settings of its sessions in one database, by database.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, Placed<string>>> SettingsIn { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, Placed<string>>>();
}

/// <summary>A membership in a role.</summary>
/// <param name="Role">The role that one is a member of.</param>
/// <param name="Admin">Whether one may let others in.</param>
/// <param name="Inherit">Whether one has its privileges without SET ROLE; null for what the member's own <c>inherit</c> says. PostgreSQL 16 and later.</param>
/// <param name="Set">Whether one may SET ROLE to it. PostgreSQL 16 and later.</param>
public sealed record MembershipConfig(string Role, bool Admin = false, bool? Inherit = null, bool Set = true);

/// <summary>A database of a cluster as it should be.</summary>
public sealed record ClusterDatabaseConfig
{
    /// <summary>Its owner; null for whoever it is.</summary>
    public Placed<string>? Owner { get; init; }

    /// <summary>Its encoding; cannot be changed later.</summary>
    public string? Encoding { get; init; }

    /// <summary>Its collation and character types, such as <c>C.UTF-8</c>; cannot be changed later.</summary>
    public string? Locale { get; init; }

    /// <summary>The database that it is copied from when it is made. Default <c>template0</c>.</summary>
    public string Template { get; init; } = "template0";

    /// <summary>The most sessions at once; -1 for no limit.</summary>
    public int ConnectionLimit { get; init; } = -1;

    /// <summary>Settings of the sessions in it.</summary>
    public IReadOnlyDictionary<string, Placed<string>> Settings { get; init; } = new Dictionary<string, Placed<string>>();

    /// <summary>Extensions by name.</summary>
    public IReadOnlyDictionary<string, Placed<ExtensionConfig>> Extensions { get; init; } = new Dictionary<string, Placed<ExtensionConfig>>();

    /// <summary>Schemas by name.</summary>
    public IReadOnlyDictionary<string, Placed<SchemaConfig>> Schemas { get; init; } = new Dictionary<string, Placed<SchemaConfig>>();

    /// <summary>The privileges of declared roles and of PUBLIC; null when nothing is said about them.</summary>
    public IReadOnlyList<Placed<GrantConfig>>? Grants { get; init; }

    /// <summary>The privileges on what will be made; null when nothing is said about them.</summary>
    public IReadOnlyList<Placed<DefaultPrivilegeConfig>>? DefaultPrivileges { get; init; }

    /// <summary>Row security by table, schema first.</summary>
    public IReadOnlyDictionary<string, Placed<RowSecurityConfig>> RowSecurity { get; init; } = new Dictionary<string, Placed<RowSecurityConfig>>();
}

/// <summary>An extension.</summary>
/// <param name="Schema">The schema that its objects are in; null for its own choice.</param>
/// <param name="Version">Its version; null for whichever is there, the newest when it is made.</param>
public sealed record ExtensionConfig(string? Schema, string? Version);

/// <summary>A schema.</summary>
/// <param name="Owner">Its owner; null for whoever it is.</param>
public sealed record SchemaConfig(string? Owner);

/// <summary>What privileges are on.</summary>
public enum GrantObject
{
    /// <summary>The database itself.</summary>
    Database,

    /// <summary>Schemas.</summary>
    Schemas,

    /// <summary>Tables, views, materialized views and foreign tables.</summary>
    Tables,

    /// <summary>Sequences.</summary>
    Sequences,

    /// <summary>Functions, procedures and aggregates.</summary>
    Functions,

    /// <summary>Types and domains.</summary>
    Types,

    /// <summary>Procedural languages.</summary>
    Languages,

    /// <summary>Foreign data wrappers.</summary>
    ForeignDataWrappers,

    /// <summary>Foreign servers.</summary>
    ForeignServers,

    /// <summary>Large objects, by their number.</summary>
    LargeObjects,
}

/// <summary>Privileges of some roles on some objects.</summary>
public sealed record GrantConfig
{
    /// <summary>The roles; <c>public</c> for everybody.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>What kind of objects.</summary>
    public required GrantObject On { get; init; }

    /// <summary>The schema of the objects; null where the kind has none.</summary>
    public string? Schema { get; init; }

    /// <summary>Their names; empty for all that there are. A function is named with its argument types: <c>f(integer)</c>.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Columns of tables; empty for the tables as a whole.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The privileges in upper case, <c>ALL</c> for each that there is; empty for none.</summary>
    public required IReadOnlyList<string> Privileges { get; init; }

    /// <summary>Whether the roles may grant them to others.</summary>
    public bool Grantable { get; init; }
}

/// <summary>Privileges on what a role will make.</summary>
public sealed record DefaultPrivilegeConfig
{
    /// <summary>The roles that make the objects.</summary>
    public required IReadOnlyList<string> Creators { get; init; }

    /// <summary>The schema; null for every one.</summary>
    public string? Schema { get; init; }

    /// <summary>What kind of objects: tables, sequences, functions, types or schemas.</summary>
    public required GrantObject On { get; init; }

    /// <summary>The roles that get the privileges; <c>public</c> for everybody.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>The privileges in upper case, <c>ALL</c> for each that there is; empty for none.</summary>
    public required IReadOnlyList<string> Privileges { get; init; }

    /// <summary>Whether the roles may grant them to others.</summary>
    public bool Grantable { get; init; }
}

/// <summary>Row security of a table.</summary>
public sealed record RowSecurityConfig
{
    /// <summary>Whether policies hold.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether they hold for the owner too.</summary>
    public bool Forced { get; init; }

    /// <summary>Policies by name; one that is not declared is taken away.</summary>
    public IReadOnlyDictionary<string, Placed<RowPolicyConfig>> Policies { get; init; } = new Dictionary<string, Placed<RowPolicyConfig>>();
}

/// <summary>A row policy.</summary>
public sealed record RowPolicyConfig
{
    /// <summary>The command in upper case: <c>ALL</c>, <c>SELECT</c>, <c>INSERT</c>, <c>UPDATE</c> or <c>DELETE</c>.</summary>
    public string Command { get; init; } = "ALL";

    /// <summary>The roles; <c>public</c> for everybody.</summary>
    public IReadOnlyList<string> To { get; init; } = ["public"];

    /// <summary>Whether it restricts what others permit.</summary>
    public bool Restrictive { get; init; }

    /// <summary>Which rows are seen; null for no condition.</summary>
    public string? Using { get; init; }

    /// <summary>Which rows may be written; null for no condition.</summary>
    public string? Check { get; init; }
}
