namespace Lockkeeper.Server.Access;

/// <summary>A person who may sign in.</summary>
/// <param name="Name">The name, as it stands in the ledger.</param>
/// <param name="PasswordHash">As ASP.NET Identity's hasher writes it: PBKDF2 with HMAC-SHA512.</param>
/// <param name="Grants">What the person may do, each as <see cref="Grant.ToString"/> writes it.</param>
/// <param name="CreatedAt">Since when.</param>
internal sealed record Account(string Name, string PasswordHash, IReadOnlyList<string> Grants, DateTimeOffset CreatedAt)
{
    /// <summary>Whether the person is shut out.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Changes with the password and when the person is shut out, and ends every session that began before.</summary>
    public string Stamp { get; init; } = "";

    /// <summary>The grants, read.</summary>
    public IReadOnlyList<Grant> ReadGrants() => [.. Grants.Select(Grant.Parse)];
}

/// <summary>A token for programs: it stands for a person, and may be allowed less.</summary>
/// <param name="Id">Tells it from others; not secret.</param>
/// <param name="Account">Whose it is.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Hash">SHA-256 of the secret part, lower-case hex: the secret has 256 random bits, so nothing slower is needed.</param>
/// <param name="Grants">What it may do at most, besides what its owner may.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ExpiresAt">Until when.</param>
internal sealed record ApiToken(string Id, string Account, string Name, string Hash, IReadOnlyList<string> Grants, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>A sign-in of a browser.</summary>
/// <param name="Account">Who.</param>
/// <param name="Stamp">The account's stamp at that time.</param>
/// <param name="ForgeryKey">What forms of this session must send back.</param>
/// <param name="SignedInAt">Since when.</param>
/// <param name="SeenAt">When it was last used, to some minutes.</param>
internal sealed record Session(string Account, string Stamp, string ForgeryKey, DateTimeOffset SignedInAt, DateTimeOffset SeenAt);
