namespace Lockkeeper.Kernel.Config;

/// <summary>How <c>lk serve</c> lets people in besides its own passwords and tokens, where the project comes from, and what it does by itself.</summary>
public sealed record ServerConfig
{
    /// <summary>A provider of sign-ins whose tokens are taken; null for none.</summary>
    public OidcConfig? Oidc { get; init; }

    /// <summary>A proxy that signs people in and names them in a header; null for none.</summary>
    public TrustedProxyConfig? TrustedProxy { get; init; }

    /// <summary>The repository that the project's folder is a clone of, and that is followed; null for one that stays as it is.</summary>
    public GitConfig? Git { get; init; }

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

/// <summary>How the repository of the project is followed.</summary>
public sealed record GitConfig
{
    /// <summary>How often it is fetched. Default 1 min.</summary>
    public TimeSpan Fetch { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The remote. Default <c>origin</c>.</summary>
    public string Remote { get; init; } = "origin";

    /// <summary>The branch. Default <c>main</c>.</summary>
    public string Branch { get; init; } = "main";

    /// <summary>How pull requests are looked at; null for not at all.</summary>
    public PullRequestsConfig? PullRequests { get; init; }
}

/// <summary>How pull requests (GitLab: merge requests) are looked at before they are merged.</summary>
public sealed record PullRequestsConfig
{
    /// <summary>The code host: <c>github</c> or <c>gitlab</c>.</summary>
    public required string Host { get; init; }

    /// <summary>A reference to the secret that the host's messages are signed with.</summary>
    public required string Secret { get; init; }

    /// <summary>Where the comment is posted, with <c>{number}</c> for the pull request's; null to post none.</summary>
    public string? Comments { get; init; }

    /// <summary>A reference to the token that it is posted with.</summary>
    public string? Token { get; init; }

    /// <summary>Whether pull requests of the repository itself are tried on a shadow server, too; those of forks never are. Default true.</summary>
    public bool Prove { get; init; } = true;
}
