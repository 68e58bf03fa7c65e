using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Server.Access;

/// <summary>A role, and where it holds.</summary>
/// <param name="Role">The role.</param>
/// <param name="Environment">The environment; null for all of them.</param>
/// <param name="Database">The database; null for all of them.</param>
internal sealed record Grant(Role Role, string? Environment = null, string? Database = null)
{
    /// <summary>Reads <c>dba</c>, <c>dba@prod</c>, <c>dba@prod/shop</c> or <c>dba@*/shop</c>.</summary>
    /// <exception cref="LockkeeperException">It is none of these (LK7012).</exception>
    public static Grant Parse(string text)
    {
        var (name, place) = text.Trim().Split('@', 2) is [var before, var after] ? (before, after) : (text.Trim(), null);
        var parts = place?.Split('/') ?? [];
        // Enum.TryParse takes numbers too.
        if (!Enum.TryParse<Role>(name, ignoreCase: true, out var role) || name.Any(char.IsDigit) || name.Contains(',', StringComparison.Ordinal) || parts.Length > 2 || parts.Any(part => part.Trim().Length == 0))
        {
            throw new LockkeeperException(
                ServerErrors.BadGrant, $"'{text}' is not a role", "Write viewer, developer, operator, dba or admin, and where it holds if not everywhere: dba@staging, operator@prod/shop.");
        }

        return new Grant(role, Named(parts.ElementAtOrDefault(0)), Named(parts.ElementAtOrDefault(1)));

        static string? Named(string? part) => part is null or "*" ? null : part.Trim();
    }

    /// <summary>Reads several, with commas or spaces between them.</summary>
    public static IReadOnlyList<Grant> ParseAll(string text) => [.. text.Split([',', ' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(Parse).Distinct()];

    /// <summary>Whether it allows what takes a role at a place; a place of null means everywhere, which only a grant for everywhere covers.</summary>
    public bool Covers(Role role, string? environment, string? database) =>
        Role >= role && (Environment is null || Environment == environment) && (Database is null || Database == database);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString()
    {
        var role = Role.ToString().ToLowerInvariant();
        return (Environment, Database) switch
        {
            (null, null) => role,
            (_, null) => $"{role}@{Environment}",
            _ => $"{role}@{Environment ?? "*"}/{Database}",
        };
    }
}
