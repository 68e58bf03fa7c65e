using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Server.Access;

/// <summary>Who a request comes from, and what they may do.</summary>
/// <param name="Name">The person's name.</param>
/// <param name="Grants">What the person may do.</param>
internal sealed record Caller(string Name, IReadOnlyList<Grant> Grants)
{
    /// <summary>The upper limit that a token sets; null for a person.</summary>
    public IReadOnlyList<Grant>? Limit { get; init; }

    /// <summary>What forms must send back; null for a token, which no page can use for somebody.</summary>
    public string? ForgeryKey { get; init; }

    /// <summary>The hash that the session is kept under; null for a token.</summary>
    public string? SessionKey { get; init; }

    /// <summary>Whether the caller may do what takes a role at a place.</summary>
    /// <param name="role">The role.</param>
    /// <param name="environment">The environment; null for what concerns all of them.</param>
    /// <param name="database">The database; null for what concerns all of them.</param>
    public bool May(Role role, string? environment = null, string? database = null) =>
        Grants.Any(grant => grant.Covers(role, environment, database)) && (Limit is null || Limit.Any(grant => grant.Covers(role, environment, database)));

    /// <summary>Refuses what the caller may not do.</summary>
    /// <exception cref="LockkeeperException">They may not (LK7001).</exception>
    public void Require(Role role, string? environment = null, string? database = null)
    {
        if (May(role, environment, database))
            return;
        var place = (environment, database) switch { (null, null) => "everywhere", (_, null) => $"for {environment}", (null, _) => $"for {database}", _ => $"for {database} in {environment}" };
        throw new LockkeeperException(
            ServerErrors.NotAllowed, $"{Name} is not {role.ToString().ToLowerInvariant()} {place}",
            environment is null ? "Name an environment that you have this role for, or ask an administrator for it." : "Ask an administrator for the role.");
    }
}
