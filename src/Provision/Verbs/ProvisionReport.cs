using System.Text.Json.Serialization;

namespace Lockkeeper.Provision.Verbs;

/// <summary>What plan, apply and drift answer.</summary>
internal sealed record ProvisionReport(bool DryRun, IReadOnlyList<ClusterReport> Clusters);

/// <summary>One cluster.</summary>
internal sealed record ClusterReport(
    string Cluster, string File, string? Environment, string Target, string Server, string? Run, string Outcome, IReadOnlyList<DifferenceReport> Differences, IReadOnlyList<DifferenceReport> Kept, IReadOnlyList<DifferenceReport> Left,
    IReadOnlyList<string> NotChecked, double? DurationMs);

/// <summary>One difference.</summary>
internal sealed record DifferenceReport(string Object, string Change, string Cost, IReadOnlyList<string> Losses, string? At, string? Kept, string? State, double? DurationMs, IReadOnlyList<string> Statements);

/// <summary>What adopt answers.</summary>
internal sealed record AdoptReport(string Cluster, string File, string Server, IReadOnlyList<string> PasswordsNeeded, IReadOnlyList<string> Left, IReadOnlyList<string> NotChecked);

/// <summary>What export answers.</summary>
internal sealed record ExportReport(string Cluster, string Folder, IReadOnlyList<string> Files, IReadOnlyList<string> SecretVariables, IReadOnlyList<string> NotExpressed);

/// <summary>What render answers.</summary>
internal sealed record RenderReport(string Cluster, string? Folder, IReadOnlyList<RenderedFile> Files);

/// <summary>A file of an instance.</summary>
internal sealed record RenderedFile(string Path, string Mode, string Text);

/// <summary>What destroy answers.</summary>
internal sealed record DestroyReport(string Cluster, bool DryRun, string Host, string Data, bool Existed, string? LastBackup, IReadOnlyList<string> Losses, double DurationMs);

/// <summary>The JSON contracts of the duty.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProvisionReport))]
[JsonSerializable(typeof(AdoptReport))]
[JsonSerializable(typeof(RenderReport))]
[JsonSerializable(typeof(DestroyReport))]
[JsonSerializable(typeof(ExportReport))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
internal sealed partial class ProvisionJson : JsonSerializerContext;
