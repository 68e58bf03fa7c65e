using System.Text.Json.Serialization;

namespace Lockkeeper.Engines.PostgreSql.Sandbox.Verbs;

/// <summary>What <c>sandbox up</c> answers.</summary>
/// <param name="Name">The cluster's name.</param>
/// <param name="Url">The connection URL with the password.</param>
/// <param name="Port">The port on 127.0.0.1.</param>
/// <param name="Version">PostgreSQL's version.</param>
/// <param name="Folder">The cluster's folder.</param>
/// <param name="Outcome">made, started or already_up.</param>
internal sealed record SandboxUpReport(string Name, string Url, int Port, string Version, string Folder, string Outcome);

/// <summary>What <c>sandbox run</c> answers.</summary>
/// <param name="ExitCode">The exit code of the command.</param>
/// <param name="Version">PostgreSQL's version.</param>
/// <param name="Seconds">How long the command ran.</param>
internal sealed record SandboxRunReport(int ExitCode, string Version, double Seconds);

/// <summary>What <c>sandbox down</c> answers.</summary>
/// <param name="Removed">The names of the clusters that are gone.</param>
internal sealed record SandboxDownReport(IReadOnlyList<string> Removed);

/// <summary>What <c>sandbox list</c> answers.</summary>
/// <param name="Clusters">By name.</param>
internal sealed record SandboxListReport(IReadOnlyList<SandboxListEntry> Clusters);

/// <summary>A cluster of the list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">PostgreSQL's version.</param>
/// <param name="Port">The port on 127.0.0.1.</param>
/// <param name="Running">Whether the server runs.</param>
/// <param name="Since">Since when it runs; null when it does not.</param>
/// <param name="SizeBytes">The size of its files.</param>
/// <param name="Folder">Its folder.</param>
internal sealed record SandboxListEntry(string Name, string Version, int Port, bool Running, DateTimeOffset? Since, long SizeBytes, string Folder);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SandboxUpReport))]
[JsonSerializable(typeof(SandboxRunReport))]
[JsonSerializable(typeof(SandboxDownReport))]
[JsonSerializable(typeof(SandboxListReport))]
internal sealed partial class SandboxReportJson : JsonSerializerContext;
