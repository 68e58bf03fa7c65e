using System.Text.Json.Nodes;

namespace Lockkeeper.Server.Portal;

/// <summary>How the migrations of a database stood in an environment.</summary>
/// <param name="Error">Why its state is not known; null when it is.</param>
/// <param name="Applied">How many are in place.</param>
/// <param name="Pending">How many are not.</param>
/// <param name="Findings">How many things are wrong.</param>
/// <param name="Server">What the server calls itself.</param>
/// <param name="Release">What its release is.</param>
internal sealed record KnownEnvironment(string? Error, int Applied, int Pending, int Findings, string? Server, string? Release);

/// <summary>What is known of a database.</summary>
/// <param name="Environments">By the environment's name; empty when reading failed.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
/// <param name="At">When it was read.</param>
internal sealed record KnownStatus(IReadOnlyDictionary<string, KnownEnvironment> Environments, string? Error, DateTimeOffset At)
{
    /// <summary>From its part of <c>lk migrate status --json</c>; only what a page shows is kept of it.</summary>
    public static KnownStatus Of(JsonNode? status, string? error, DateTimeOffset at) => new(
        (status?["environments"]?.AsArray() ?? []).ToDictionary(
            one => (string)one!["environment"]!,
            one => new KnownEnvironment((string?)one!["error"], (int)one["applied"]!, (int)one["pending"]!, one["findings"]!.AsArray().Count, (string?)one["server"], (string?)one["release"]),
            StringComparer.Ordinal),
        error, at);
}
