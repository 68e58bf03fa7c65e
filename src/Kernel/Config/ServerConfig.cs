namespace Lockkeeper.Kernel.Config;

/// <summary>How <c>lk serve</c> lets people in besides its own passwords and tokens, where the project comes from, and what it does by itself.</summary>
public sealed record ServerConfig
{
    /// <summary>A provider of sign-ins whose tokens are taken; null for none.</summary>
    public OidcConfig? Oidc { get; init; }

    /// <summary>A proxy that signs people in and names them in a header; null for none.</summary>
    public TrustedProxyConfig? TrustedProxy { get; init; }

    /// <summary>Verbs that it calls at times.</summary>
    public IReadOnlyList<ScheduleConfig> Schedules { get; init; } = [];
}

/// <summary>An OpenID Connect provider whose tokens the API takes as <c>Authorization: Bearer</c>.</summary>
public sealed record OidcConfig
{
    /// <summary>The provider, as tokens name it in <c>iss</c>; its keys are found below <c>/.well-known/openid-configuration</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary>What a token must be meant for, its <c>aud</c>.</summary>
    public required string Audience { get; init; }

    /// <summary>The claim that names the person in the ledger; one that people cannot set themselves. Default <c>email</c>.</summary>
    public string NameClaim { get; init; } = "email";

    /// <summary>The claim with the groups. Default <c>groups</c>.</summary>
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>The roles of each group, as <c>dba@staging operator</c>.</summary>
    public required IReadOnlyDictionary<string, string> Roles { get; init; }
}

/// <summary>A proxy that has signed people in before their requests come here.</summary>
public sealed record TrustedProxyConfig
{
    /// <summary>The addresses that the proxy's requests come from; the header of others is not looked at.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The header with the person's name. Default <c>X-Forwarded-User</c>.</summary>
    public string UserHeader { get; init; } = "X-Forwarded-User";

    /// <summary>The header with their groups, commas between them. Default <c>X-Forwarded-Groups</c>.</summary>
    public string GroupsHeader { get; init; } = "X-Forwarded-Groups";

    /// <summary>The roles of each group, as <c>dba@staging operator</c>.</summary>
    public required IReadOnlyDictionary<string, string> Roles { get; init; }
}
