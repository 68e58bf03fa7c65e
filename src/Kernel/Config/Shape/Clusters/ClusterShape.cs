using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>Every key of a file of <c>clusters/</c>, declared once: the reader, the JSON schema and the reference page are made from it.</summary>
internal static class ClusterShape
{
    private static readonly string[] Profiles = ["none", "oltp", "olap", "small"];

    private static readonly string[] ExactWords = ["roles", "databases", "schemas", "extensions", "grants"];

    private static readonly Key<string> Name = new("cluster", Values.Name, "The cluster's name; by default that of the file.") { Example = "shop-prod" };

    private static readonly Key<string> Template = new("template", Values.Text, "Another file whose keys hold where this one says nothing, relative to this one; its own template is read too.") { Example = "standard.yaml" };

    private static readonly Key<string> Engine = new("engine", Values.Choice([.. ClusterEngines.All], [.. ClusterEngines.All]), "The engine: a PostgreSQL that is reached by its protocol, or one that RDS or Aurora runs, see managed.") { Default = "postgres", Example = "postgres" };

    private static readonly Key<Placed<int>> Version = new("version", new PlacedValueShape<int>(Values.Integer(12, 99)), "The major version; by default whatever the server is.") { Example = "17" };

    private static readonly Key<Placed<string>> Environment = new(
        "environment", new PlacedValueShape<string>(Values.Name), "The environment of lockkeeper.yaml whose approvals and window hold for changes of it.")
    {
        Example = "prod",
    };

    private static readonly Key<Placed<string>> Admin = new(
        "admin", new PlacedValueShape<string>(Values.Text), "The connection URL of the role that may change it, with references for secrets; its database holds the lease. A managed one can do without, or without the host: postgres://deployer:${env:PASSWORD}@/postgres.")
    {
        Example = "\"${env:PROD_ADMIN_URL}\"",
    };

    private static readonly Key<long> Memory = new("memory", ClusterValues.Bytes, "Memory.") { Required = true, Example = "16GB" };

    private static readonly Key<int> Cores = new("cores", Values.Integer(1, 1024), "Processor cores.") { Required = true, Example = "4" };

    private static readonly Key<long> Disk = new("disk", ClusterValues.Bytes, "The disk of the data directory.") { Default = "100GB", Example = "500GB" };

    private static readonly Key<string> DiskKind = new("disk_kind", Values.Choice(["ssd", "hdd"], ["ssd", "hdd"]), "What kind of disk that is.") { Default = "ssd", Example = "hdd" };

    public static RecordShape<SizeConfig> SizeKeys { get; } = new(
        "the size of a cluster", [Memory, Cores, Disk, DiskKind], fields => new SizeConfig(fields.Get(Memory), fields.Get(Cores), fields.Get(Disk), fields.Get(DiskKind) == "hdd"));

    private static readonly Key<SizeConfig> Size = new("size", SizeKeys, "What the server has to work with; the profile computes settings from it.") { Example = "{ memory: 16GB, cores: 4, disk: 500GB }" };

    private static readonly Key<Placed<string>> Profile = new(
        "profile", new PlacedValueShape<string>(Values.Choice(Profiles, Profiles)), "The kind of work that settings are computed for from the size: oltp (many short transactions), olap (few long queries), small (a server that shares its machine), or none, as without the key.")
    {
        Example = "oltp",
    };

    private static readonly Key<IReadOnlyDictionary<string, Placed<string>>> Parameters = new(
        "parameters", ClusterValues.Settings, "Server parameters by name; they win over the profile's. One that somebody set by ALTER SYSTEM and that is not declared is taken away.")
    {
        Example = "{ shared_buffers: 4GB }",
    };

    private static readonly Key<IReadOnlyDictionary<string, Placed<RoleConfig>>> Roles = new(
        "roles", new MapShape<Placed<RoleConfig>>(new PlacedValueShape<RoleConfig>(new MaybeEmptyShape<RoleConfig>(RoleShape.Shape)), "roles", anyKey: true), "Roles by name.")
    {
        Example = "{ app: { login: true, password: \"${env:APP_PASSWORD}\" } }",
    };

    private static readonly Key<IReadOnlyDictionary<string, Placed<ClusterDatabaseConfig>>> Databases = new(
        "databases", new MapShape<Placed<ClusterDatabaseConfig>>(new PlacedValueShape<ClusterDatabaseConfig>(new MaybeEmptyShape<ClusterDatabaseConfig>(ClusterDatabaseShape.Shape)), "databases", anyKey: true), "Databases by name.")
    {
        Example = "{ shop: { owner: shop_owner } }",
    };

    private static readonly Key<IReadOnlyList<ExactKind>> Exact = new(
        "exact", new OneOrMoreShape<ExactKind>(Values.Choice(ExactWords, [ExactKind.Roles, ExactKind.Databases, ExactKind.Schemas, ExactKind.Extensions, ExactKind.Grants]), "kinds"),
        "Kinds of which what is not declared is taken away; of the others it is reported only. grants: privileges of roles that are not declared.")
    {
        Example = "[roles, grants]",
    };

    private static readonly Key<bool> Protect = new("protect", Values.Boolean, "Whether the cluster and its databases may not be destroyed.") { Default = "true", Example = "false" };

    private static readonly Key<IReadOnlyList<Placed<NodeConfig>>> Nodes = new(
        "nodes", new ListShape<Placed<NodeConfig>>(new PlacedValueShape<NodeConfig>(InstanceShape.Node), "nodes", least: 1), "The hosts that the instance is on; by default this one.")
    {
        Example = "[{ name: db1, host: db1.example.net }]",
    };

    private static readonly Key<Placed<InstanceConfig>> Instance = new(
        "instance", new PlacedValueShape<InstanceConfig>(new MaybeEmptyShape<InstanceConfig>(InstanceShape.Instance)), "The server itself, made and kept by the program. Without the key there is one that somebody else keeps, and only what is in it is declared.")
    {
        Example = "{ port: 5432 }",
    };

    private static readonly Key<IReadOnlyList<Placed<AccessRuleConfig>>> Access = new(
        "access", new ListShape<Placed<AccessRuleConfig>>(new PlacedValueShape<AccessRuleConfig>(AccessShape.Rule), "access rules"),
        "Who may connect from where, in order: the first rule that fits decides (pg_hba.conf of an instance). What the administrator needs is added where no rule fits.")
    {
        Example = "[{ type: hostssl, databases: shop, users: app, address: 10.0.0.0/8 }]",
    };

    private static readonly Key<Placed<TlsConfig>> Tls = new("tls", new PlacedValueShape<TlsConfig>(InstanceShape.Tls), "Encrypted connections of an instance.") { Example = "{ self_signed: true }" };

    private static readonly Key<Placed<ManagedConfig>> Managed = new("managed", new PlacedValueShape<ManagedConfig>(ManagedShape.Shape), "The instance as RDS or Aurora keeps it; what is not said stays whatever it is.")
    {
        Example = "{ region: eu-west-1, class: db.t4g.medium, storage: 100GB }",
    };

    private static readonly Key<Placed<PoolerConfig>> Pooler = new(
        "pooler", new PlacedValueShape<PoolerConfig>(new MaybeEmptyShape<PoolerConfig>(PoolerShape.Shape)), "What pools the connections of clients.")
    {
        Example = "{ port: 6432, listen: \"*\", mode: transaction }",
    };

    private static readonly Key<Placed<BackupConfig>> Backup = new("backup", new PlacedValueShape<BackupConfig>(BackupShape.Shape), "How it is backed up; lk provision apply sets it up, lk backup takes, verifies, restores and drills. A managed service makes its own backups: there it says rpo, rto, drill and checks.")
    {
        Example = "{ repositories: [ { path: /var/lib/pgbackrest } ], rpo: 5m }",
    };

    private static readonly Key<Placed<MonitoringConfig>> Monitoring = new("monitoring", new PlacedValueShape<MonitoringConfig>(MonitoringShape.Shape), "How it is watched.") { Example = "{ exporter: { role: monitor }, labels: { team: shop } }" };

    private static IReadOnlyList<IKey> Keys => [Name, Template, Engine, Version, Environment, Admin, Size, Profile, Parameters, Roles, Databases, Exact, Protect, Nodes, Instance, Access, Tls, Managed, Pooler, Backup, Monitoring];

    public static RecordShape<ClusterConfig> Root { get; } = new(
        "a cluster", Keys,
        fields => new ClusterConfig
        {
            Name = fields.GetOrNull(Name) ?? "",
            File = "",
            Engine = fields.Get(Engine),
            Version = fields.GetOrNull(Version)?.Value,
            Environment = fields.GetOrNull(Environment),
            Admin = fields.GetOrNull(Admin) ?? ClusterConfig.NoAdmin,
            Managed = fields.GetOrNull(Managed),
            Size = fields.GetOrNull(Size),
            Profile = fields.GetOrNull(Profile),
            Parameters = fields.GetOrNull(Parameters) ?? new Dictionary<string, Placed<string>>(),
            Roles = fields.GetOrNull(Roles) ?? new Dictionary<string, Placed<RoleConfig>>(),
            Databases = fields.GetOrNull(Databases) ?? new Dictionary<string, Placed<ClusterDatabaseConfig>>(),
            Exact = fields.GetOrNull(Exact) ?? [],
            Protect = fields.Get(Protect),
            Nodes = fields.GetOrNull(Nodes) ?? [],
            Instance = fields.GetOrNull(Instance),
            Access = fields.GetOrNull(Access),
            Tls = fields.GetOrNull(Tls),
            Pooler = fields.GetOrNull(Pooler),
            Backup = fields.GetOrNull(Backup),
            Monitoring = fields.GetOrNull(Monitoring),
        })
    {
        Check = cluster => cluster is { Profile: { Value: not "none" }, Size: null } ? new Mistake($"the profile '{cluster.Profile.Value}' needs to know the size", "Add it, for example: size: { memory: 16GB, cores: 4 }") : null,
    };

    /// <summary>The JSON schema of a file. Nothing is required: what is missing may stand in the template.</summary>
    public static System.Text.Json.Nodes.JsonObject Schema()
    {
        var schema = Root.Schema();
        schema.Remove("required");
        return schema;
    }

    /// <summary>Every record with the words that the reference uses for it, the outermost first.</summary>
    public static IReadOnlyList<IRecordShape> Records =>
    [
        Root, SizeKeys, RoleShape.Shape, RoleShape.Membership, ClusterDatabaseShape.Shape, ClusterDatabaseShape.Extension, ClusterDatabaseShape.Schema, GrantShape.Grant, GrantShape.DefaultPrivilege, GrantShape.RowSecurity,
        GrantShape.Policy, InstanceShape.Node, InstanceShape.Instance, AccessShape.Rule, InstanceShape.Tls, ManagedShape.Shape, ManagedShape.Instance,
        PoolerShape.Shape, PoolerShape.DatabasePool, PoolerShape.UserPool, PoolerShape.Tls,
        BackupShape.Shape, BackupShape.Repository, BackupShape.Retention, BackupShape.ObjectStore, BackupShape.Schedule, BackupShape.Drill, BackupShape.Check, MonitoringShape.Shape, MonitoringShape.Exporter,
    ];

    /// <summary>Says of a key that is not one of a template's either; whatever is required may stand in the file that uses the template.</summary>
    public static void CheckTemplate(Yaml.YamlMap template, Problems problems)
    {
        foreach (var (key, value) in template.Entries)
        {
            if (Keys.FirstOrDefault(one => one.Name == key.Text) is { } known)
                known.TryRead(value, problems, new Fields());
            else
                problems.Add(KernelErrors.ConfigUnknownKey, key, $"'{key.Shown}' is not a key of a cluster", NearestName.Hint(key.Text, [.. Keys.Select(one => one.Name)], "keys"));
        }
    }
}
