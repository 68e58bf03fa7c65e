using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The keys of access rules, the lines of pg_hba.conf.</summary>
internal static class AccessShape
{
    private static readonly string[] Types = ["local", "host", "hostssl", "hostnossl"];

    private static readonly string[] Methods = ["scram-sha-256", "md5", "password", "trust", "reject", "cert", "peer", "ident", "ldap", "radius", "pam", "gss"];

    private static readonly Key<string> Type = new("type", Values.Choice(Types, Types), "The kind of connection: through a socket of the host (local), over the network, encrypted or not.") { Required = true, Example = "hostssl" };

    private static readonly Key<IReadOnlyList<string>> Databases = new(
        "databases", new OneOrMoreShape<string>(ClusterValues.Identifier, "databases"), "Databases, or all, sameuser, samerole, replication.")
    {
        Default = "all", Example = "shop",
    };

    private static readonly Key<IReadOnlyList<string>> Users = new(
        "users", new OneOrMoreShape<string>(ClusterValues.Identifier, "roles"), "Roles, +ROLE for its members, or all.")
    {
        Default = "all", Example = "[app, +readers]",
    };

    private static readonly Key<string> Address = new("address", Values.Text, "A network such as 10.0.0.0/8, a host's name, samehost, samenet or all. A rule for local connections has none.") { Example = "10.0.0.0/8" };

    private static readonly Key<string> Method = new("method", Values.Choice(Methods, Methods), "How one proves who one is.") { Default = "scram-sha-256", Example = "cert" };

    private static readonly Key<IReadOnlyDictionary<string, Placed<string>>> Options = new("options", ClusterValues.Settings, "Options of the method, by name.") { Example = "{ map: staff }" };

    public static RecordShape<AccessRuleConfig> Rule { get; } = new(
        "an access rule", [Type, Databases, Users, Address, Method, Options],
        fields => new AccessRuleConfig
        {
            Type = fields.Get(Type),
            Databases = fields.Get(Databases),
            Users = fields.Get(Users),
            Address = fields.GetOrNull(Address),
            Method = fields.Get(Method),
            Options = fields.GetOrNull(Options) ?? new Dictionary<string, Placed<string>>(),
        })
    {
        Check = Mistake,
    };

    private static Mistake? Mistake(AccessRuleConfig rule) => rule switch
    {
        { Type: "local", Address: not null } => new Mistake("an access rule for local connections has an 'address'", "Take it out, or write another type."),
        { Type: not "local", Address: null } => new Mistake($"an access rule of the type {rule.Type} has no 'address'", "Add it, for example: address: 10.0.0.0/8"),
        { Type: not "local", Method: "peer" } => new Mistake("the method peer is for local connections only", "Write scram-sha-256, or the type local."),
        { Type: not "hostssl", Method: "cert" } => new Mistake("the method cert is for encrypted connections only", "Write the type hostssl."),
        { Databases.Count: 0 } or { Users.Count: 0 } => new Mistake("an access rule names no database or no role", "Leave the key out for all of them."),
        { Address: { } address } when address.Any(c => char.IsControl(c) || c is '"' or ',' or '#' || char.IsWhiteSpace(c)) => new Mistake($"'{address}' is not an address", "Write a network such as 10.0.0.0/8, a host's name, samehost, samenet or all."),
        _ when rule.Options.Values.Any(option => option.Value.Any(char.IsControl)) => new Mistake("an option of an access rule has several lines", "Write it in one line."),
        _ => null,
    };
}
