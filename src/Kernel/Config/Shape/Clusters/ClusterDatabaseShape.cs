using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The keys of a database of a cluster.</summary>
internal static class ClusterDatabaseShape
{
    private static readonly Key<Placed<string>> Owner = new("owner", new PlacedValueShape<string>(ClusterValues.Identifier), "Its owner.") { Example = "shop_owner" };

    private static readonly Key<string> Encoding = new("encoding", Values.Text, "Its encoding; cannot be changed later.") { Example = "UTF8" };

    private static readonly Key<string> Locale = new("locale", Values.Text, "Its collation and character types; cannot be changed later.") { Example = "C.UTF-8" };

    private static readonly Key<string> Template = new("template", ClusterValues.Identifier, "The database that it is copied from when it is made.") { Default = "template0", Example = "template1" };

    private static readonly Key<int> ConnectionLimit = new("connection_limit", ClusterValues.Limit, "The most sessions in it at once; -1 for no limit.") { Default = "-1", Example = "100" };

    private static readonly Key<IReadOnlyDictionary<string, Placed<string>>> Settings = new(
        "settings", ClusterValues.Settings, "Settings of the sessions in it (ALTER DATABASE … SET); one that is not declared is taken away.")
    {
        Example = "{ timezone: UTC }",
    };

    private static readonly Key<string> ExtensionSchema = new("schema", ClusterValues.Identifier, "The schema of its objects.") { Example = "extensions" };

    private static readonly Key<string> ExtensionVersion = new("version", Values.Text, "Its version; by default whichever is there, and the newest when it is made.") { Example = "\"1.10\"" };

    public static RecordShape<ExtensionConfig> Extension { get; } = new("an extension", [ExtensionSchema, ExtensionVersion], fields => new ExtensionConfig(fields.GetOrNull(ExtensionSchema), fields.GetOrNull(ExtensionVersion)));

    private static readonly Key<IReadOnlyDictionary<string, Placed<ExtensionConfig>>> Extensions = new(
        "extensions", new MapShape<Placed<ExtensionConfig>>(new PlacedValueShape<ExtensionConfig>(new MaybeEmptyShape<ExtensionConfig>(Extension)), "extensions"), "Extensions by name.")
    {
        Example = "{ pg_trgm: { schema: extensions } }",
    };

    private static readonly Key<string> SchemaOwner = new("owner", ClusterValues.Identifier, "Its owner.") { Example = "shop_owner" };

    public static RecordShape<SchemaConfig> Schema { get; } = new("a schema", [SchemaOwner], fields => new SchemaConfig(fields.GetOrNull(SchemaOwner)));

    private static readonly Key<IReadOnlyDictionary<string, Placed<SchemaConfig>>> Schemas = new(
        "schemas", new MapShape<Placed<SchemaConfig>>(new PlacedValueShape<SchemaConfig>(new MaybeEmptyShape<SchemaConfig>(Schema)), "schemas", anyKey: true), "Schemas by name.")
    {
        Example = "{ app: { owner: shop_owner } }",
    };

    private static readonly Key<IReadOnlyList<Placed<GrantConfig>>> Grants = new(
        "grants", new ListShape<Placed<GrantConfig>>(new PlacedValueShape<GrantConfig>(GrantShape.Grant), "grants"),
        "What declared roles and PUBLIC may do. A privilege of a declared role that stands nowhere here is taken away; of PUBLIC, only on objects that a grant to public is on. Without the key privileges are left as they are.")
    {
        Example = "[ { to: app, kind: tables, schema: app, privileges: [select, insert] } ]",
    };

    private static readonly Key<IReadOnlyList<Placed<DefaultPrivilegeConfig>>> DefaultPrivileges = new(
        "default_privileges", new ListShape<Placed<DefaultPrivilegeConfig>>(new PlacedValueShape<DefaultPrivilegeConfig>(GrantShape.DefaultPrivilege), "default privileges"),
        "What declared roles and PUBLIC may do with what will be made. Without the key default privileges are left as they are.")
    {
        Example = "[ { creator: shop_owner, schema: app, kind: tables, to: app, privileges: [select] } ]",
    };

    private static readonly Key<IReadOnlyDictionary<string, Placed<RowSecurityConfig>>> RowSecurity = new(
        "row_security", new MapShape<Placed<RowSecurityConfig>>(new PlacedValueShape<RowSecurityConfig>(GrantShape.RowSecurity), "tables", anyKey: true), "Row security by table, the schema first: app.orders.")
    {
        Example = "{ app.orders: { policies: { own: { using: \"owner = current_user\" } } } }",
    };

    public static RecordShape<ClusterDatabaseConfig> Shape { get; } = new(
        "a database of a cluster", [Owner, Encoding, Locale, Template, ConnectionLimit, Settings, Extensions, Schemas, Grants, DefaultPrivileges, RowSecurity],
        fields => new ClusterDatabaseConfig
        {
            Owner = fields.GetOrNull(Owner),
            Encoding = fields.GetOrNull(Encoding),
            Locale = fields.GetOrNull(Locale),
            Template = fields.Get(Template),
            ConnectionLimit = fields.Get(ConnectionLimit),
            Settings = fields.GetOrNull(Settings) ?? new Dictionary<string, Placed<string>>(),
            Extensions = fields.GetOrNull(Extensions) ?? new Dictionary<string, Placed<ExtensionConfig>>(),
            Schemas = fields.GetOrNull(Schemas) ?? new Dictionary<string, Placed<SchemaConfig>>(),
            Grants = fields.GetOrNull(Grants),
            DefaultPrivileges = fields.GetOrNull(DefaultPrivileges),
            RowSecurity = fields.GetOrNull(RowSecurity) ?? new Dictionary<string, Placed<RowSecurityConfig>>(),
        });
}
