using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Config;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>A session that keeps a lock from a migration.</summary>
/// <param name="Pid">Its backend; 0 for a prepared transaction.</param>
/// <param name="Started">When its backend started; null when it may not be seen.</param>
/// <param name="Role">Its role, or what kind of backend it is.</param>
/// <param name="Application">Its application_name; the name of a prepared transaction.</param>
/// <param name="State">Its state.</param>
/// <param name="Kind">The kind of backend; empty when it may not be seen.</param>
/// <param name="Query">What it runs or ran last.</param>
/// <param name="Open">How long its transaction has been open; null when it may not be seen.</param>
/// <param name="Holds">The lock's modes that it has, as pg_locks writes them; null for one that only stands before us in the queue.</param>
internal sealed record Blocker(int Pid, DateTime? Started, string Role, string Application, string State, string Kind, string Query, TimeSpan? Open, string? Holds)
{
    /// <summary>Whether it is the autovacuum that a table's age calls for: it does not yield to anybody.</summary>
    public bool PreventsWraparound => Kind == "autovacuum worker" && Query.EndsWith("(to prevent wraparound)", StringComparison.Ordinal);

    /// <summary>The session in words.</summary>
    /// <param name="on">The lock that is wanted, such as <c>orders</c>.</param>
    public string Words(string on) => WordsOf(Has(on));

    /// <summary>What it does that is in the way.</summary>
    /// <param name="on">The lock that is wanted, such as <c>orders</c>.</param>
    public string Has(string on) => Holds is null ? $"waiting for {on} before us" : $"has {string.Join(" and ", Holds.Split(',').Select(PgLockMode.Words))} on {on}";

    /// <summary>The session in words.</summary>
    /// <param name="has">What it does that is in the way.</param>
    public string WordsOf(string has)
    {
        var who = Pid == 0 ? $"the prepared transaction '{Application}' of {Role}" : $"pid {Pid}, {Role}{(Application.Length > 0 ? $" ({Application})" : "")}{(State.Length > 0 ? $", {State}" : "")}";
        var open = Open is { } time ? $", in a transaction for {Durations.Words(time)}" : "";
        return $"{who}, {has}{open}{(Query.Length > 0 ? $": {ShownQuery.Of(Query)}" : "")}";
    }
}

/// <summary>A session that waits behind a migration.</summary>
/// <param name="Pid">Its backend.</param>
/// <param name="Waited">How long.</param>
/// <param name="Role">Its role.</param>
/// <param name="Application">Its application_name.</param>
/// <param name="Query">What it runs.</param>
internal sealed record StalledSession(int Pid, TimeSpan Waited, string Role, string Application, string Query)
{
    /// <summary>The session in words.</summary>
    public string Words => $"pid {Pid}, {Role}{(Application.Length > 0 ? $" ({Application})" : "")}, waited {Durations.Words(Waited)}: {ShownQuery.Of(Query)}";
}

/// <summary>A query of somebody else as it may stand in a log.</summary>
internal static partial class ShownQuery
{
    private const int Longest = 120;

    /// <summary>One line, shortened; what follows a word for a secret is left out, since a literal that the server has cut off has no end to look for.</summary>
    public static string Of(string query)
    {
        var line = string.Join(' ', query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (Secret().Match(line) is { Success: true } secret)
            line = line[..(secret.Index + secret.Length)] + " …";
        return line.Length > Longest ? line[..Longest] + "…" : line;
    }

    [GeneratedRegex("passw(?:or)?d|passphrase|secret|token|api_?key|pgp_sym_", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Secret();
}
