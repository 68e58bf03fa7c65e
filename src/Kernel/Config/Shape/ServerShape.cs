using System.Net;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of <c>server</c>.</summary>
internal static class ServerShape
{
    private const string RolesHelp = "The roles of each group: viewer, developer, operator, dba or admin, each for everything or as role@environment or role@environment/database.";

    private static Key<IReadOnlyDictionary<string, string>> Roles { get; } = new("roles", new MapShape<string>(Values.Text, "roles", least: 1, anyKey: true), RolesHelp)
    {
        Required = true, Example = "{ db-admins: admin, backend: \"developer dba@staging\" }",
    };

    private static readonly Key<string> Issuer = new("issuer", Values.Text, "The provider, as its tokens name it in iss; its keys are read from /.well-known/openid-configuration below it.") { Required = true, Example = "https://login.example.org/realms/company" };

    private static readonly Key<string> Audience = new("audience", Values.Text, "What a token must be meant for, its aud.") { Required = true, Example = "lockkeeper" };

    private static readonly Key<string> NameClaim = new("name_claim", Values.Text, "The claim that names the person in the ledger. Take one that people cannot set themselves: who has the name of a local account is taken for the same person.") { Default = "email", Example = "preferred_username" };

    private static readonly Key<string> GroupsClaim = new("groups_claim", Values.Text, "The claim with the person's groups.") { Default = "groups", Example = "roles" };

    public static RecordShape<OidcConfig> OidcKeys { get; } = new(
        "oidc", [Issuer, Audience, NameClaim, GroupsClaim, Roles],
        fields => new OidcConfig { Issuer = fields.Get(Issuer), Audience = fields.Get(Audience), NameClaim = fields.Get(NameClaim), GroupsClaim = fields.Get(GroupsClaim), Roles = fields.Get(Roles) })
    {
        Check = oidc => Uri.TryCreate(oidc.Issuer, UriKind.Absolute, out var url) && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback))
            ? null
            : new Mistake($"the issuer {oidc.Issuer} is not an https address", "Who can change the answers of the provider on their way decides who is let in: write https://…"),
    };

    private static readonly Key<IReadOnlyList<string>> Addresses = new("addresses", new ListShape<string>(Values.Text, "addresses", least: 1), "The IP addresses that the proxy's requests come from. The headers of all others are not looked at.") { Required = true, Example = "[127.0.0.1]" };

    private static readonly Key<string> UserHeader = new("user_header", Values.Text, "The header with the person's name; the proxy must remove what comes from outside under this name.") { Default = "X-Forwarded-User", Example = "X-Auth-Request-Email" };

    private static readonly Key<string> GroupsHeader = new("groups_header", Values.Text, "The header with the person's groups, commas between them.") { Default = "X-Forwarded-Groups", Example = "X-Auth-Request-Groups" };

    public static RecordShape<TrustedProxyConfig> ProxyKeys { get; } = new(
        "trusted_proxy", [Addresses, UserHeader, GroupsHeader, Roles],
        fields => new TrustedProxyConfig { Addresses = fields.Get(Addresses), UserHeader = fields.Get(UserHeader), GroupsHeader = fields.Get(GroupsHeader), Roles = fields.Get(Roles) })
    {
        Check = proxy => proxy.Addresses.FirstOrDefault(address => !IPAddress.TryParse(address, out _)) is { } wrong
            ? new Mistake($"'{wrong}' is not an IP address", "Write the address that the proxy's requests come from, such as 127.0.0.1.")
            : null,
    };

    private static readonly Key<OidcConfig> Oidc = new("oidc", OidcKeys, "A provider of sign-ins (OpenID Connect) whose tokens the API takes.")
    {
        Example = "{ issuer: \"https://login.example.org/realms/company\", audience: lockkeeper, roles: { db-admins: admin } }",
    };

    private static readonly Key<TrustedProxyConfig> TrustedProxy = new("trusted_proxy", ProxyKeys, "A proxy that signs people in and names them in a header.")
    {
        Example = "{ addresses: [127.0.0.1], roles: { db-admins: admin } }",
    };

    private static readonly Key<IReadOnlyList<ScheduleConfig>> Schedules = new("schedules", new ListShape<ScheduleConfig>(ScheduleShape.Shape, "schedules"), "Verbs that 'lk serve' calls at times; of several servers over one state, one does.")
    {
        Example = "[ { name: nightly-drift, verb: provision drift, with: { cluster: shop-prod }, cron: \"30 5 * * *\" } ]",
    };

    private static readonly Key<GitConfig> Git = new("git", GitShape.Shape, "The repository that the folder of lockkeeper.yaml is a clone of: 'lk serve' keeps it at the tip of a branch, and looks at pull requests.")
    {
        Example = "{ branch: main, pull_requests: { host: github, secret: \"${env:WEBHOOK_SECRET}\" } }",
    };

    public static RecordShape<ServerConfig> Shape { get; } = new(
        "server", [Oidc, TrustedProxy, Git, Schedules],
        fields => new ServerConfig { Oidc = fields.GetOrNull(Oidc), TrustedProxy = fields.GetOrNull(TrustedProxy), Git = fields.GetOrNull(Git), Schedules = fields.GetOrNull(Schedules) ?? [] });
}
