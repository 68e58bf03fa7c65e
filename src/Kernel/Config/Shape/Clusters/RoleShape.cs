using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The keys of a role of a cluster.</summary>
internal static class RoleShape
{
    private static readonly Key<bool> Login = Flag("login", "Whether it may sign in.");

    private static readonly Key<bool> Superuser = Flag("superuser", "Whether nothing is refused to it.");

    private static readonly Key<bool> CreateDatabase = Flag("createdb", "Whether it may create databases.");

    private static readonly Key<bool> CreateRole = Flag("createrole", "Whether it may create roles.");

    private static readonly Key<bool> Replication = Flag("replication", "Whether it may replicate.");

    private static readonly Key<bool> BypassRowSecurity = Flag("bypassrls", "Whether row policies do not hold for it.");

    private static readonly Key<bool> Inherit = new("inherit", Values.Boolean, "Whether it has the privileges of the roles that it is a member of without SET ROLE.") { Default = "true", Example = "false" };

    private static readonly Key<int> ConnectionLimit = new("connection_limit", ClusterValues.Limit, "The most sessions that it may have at once; -1 for no limit.") { Default = "-1", Example = "20" };

    private static readonly Key<Placed<DateTimeOffset>> ValidUntil = new("valid_until", new PlacedValueShape<DateTimeOffset>(Moment()), "Until when its password holds.") { Example = "2027-01-01T00:00:00Z" };

    private static readonly Key<Placed<string>> Password = new(
        "password", new PlacedValueShape<string>(ClusterValues.Secret), "Its password, by reference. It is sent as a SCRAM verifier, and compared with the server's where that may be read.")
    {
        Example = "\"${file:/run/secrets/app}\"",
    };

    private static readonly Key<string> Role = new("role", ClusterValues.Identifier, "The role that it is a member of.") { Required = true, Example = "readers" };

    private static readonly Key<bool> Admin = Flag("admin", "Whether it may let others in.");

    private static readonly Key<Placed<bool>> MemberInherit = new(
        "inherit", new PlacedValueShape<bool>(Values.Boolean), "Whether it has the role's privileges without SET ROLE; by default as the member's own inherit says. From PostgreSQL 16 on.")
    {
        Example = "false",
    };

    private static readonly Key<bool> MemberSet = new("set", Values.Boolean, "Whether it may SET ROLE to it. From PostgreSQL 16 on.") { Default = "true", Example = "false" };

    public static RecordShape<MembershipConfig> Membership { get; } = new(
        "a membership", [Role, Admin, MemberInherit, MemberSet],
        fields => new MembershipConfig(fields.Get(Role), fields.Get(Admin), fields.GetOrNull(MemberInherit)?.Value, fields.Get(MemberSet)));

    private static readonly Key<IReadOnlyList<Placed<MembershipConfig>>> MemberOf = new(
        "member_of",
        new OneOrMoreShape<Placed<MembershipConfig>>(new PlacedValueShape<MembershipConfig>(new TextOrRecordShape<MembershipConfig>(ClusterValues.Identifier, role => new MembershipConfig(role), Membership)), "memberships"),
        "The roles that it is a member of; a membership that is not declared is taken away.")
    {
        Example = "[readers, { role: writers, admin: true }]",
    };

    private static readonly Key<IReadOnlyDictionary<string, Placed<string>>> Settings = new(
        "settings", ClusterValues.Settings, "Settings of its sessions (ALTER ROLE … SET); one that is not declared is taken away.")
    {
        Example = "{ statement_timeout: 30s }",
    };

    private static readonly Key<IReadOnlyDictionary<string, IReadOnlyDictionary<string, Placed<string>>>> SettingsIn = new(
        "settings_in", new MapShape<IReadOnlyDictionary<string, Placed<string>>>(ClusterValues.Settings, "databases", anyKey: true), "Settings of its sessions in one database, by database.")
    {
        Example = "{ shop: { work_mem: 64MB } }",
    };

    public static RecordShape<RoleConfig> Shape { get; } = new(
        "a role", [Login, Superuser, CreateDatabase, CreateRole, Replication, BypassRowSecurity, Inherit, ConnectionLimit, ValidUntil, Password, MemberOf, Settings, SettingsIn],
        fields => new RoleConfig
        {
            Login = fields.Get(Login),
            Superuser = fields.Get(Superuser),
            CreateDatabase = fields.Get(CreateDatabase),
            CreateRole = fields.Get(CreateRole),
            Replication = fields.Get(Replication),
            BypassRowSecurity = fields.Get(BypassRowSecurity),
            Inherit = fields.Get(Inherit),
            ConnectionLimit = fields.Get(ConnectionLimit),
            ValidUntil = fields.GetOrNull(ValidUntil)?.Value,
            Password = fields.GetOrNull(Password),
            MemberOf = fields.GetOrNull(MemberOf) ?? [],
            Settings = fields.GetOrNull(Settings) ?? new Dictionary<string, Placed<string>>(),
            SettingsIn = fields.GetOrNull(SettingsIn) ?? new Dictionary<string, IReadOnlyDictionary<string, Placed<string>>>(),
        });

    private static Key<bool> Flag(string name, string help) => new(name, Values.Boolean, help) { Default = "false", Example = "true" };

    private static ScalarShape<DateTimeOffset> Moment() => new(
        "a time with its zone", "Write it as 2027-01-01T00:00:00Z.",
        (YamlScalar scalar, string _, out DateTimeOffset value) =>
            DateTimeOffset.TryParseExact(scalar.Text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mm:ssK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out value) && HasZone(scalar.Text) ? null : new Mistake(),
        """{ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$" }""");

    private static bool HasZone(string text) => text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10;
}
