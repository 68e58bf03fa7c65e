using System.Text.Json.Serialization;

namespace Lockkeeper.Backup.Verbs;

/// <summary>A set, as reports show it.</summary>
internal sealed record SetReport(string Label, string Kind, int Repository, DateTimeOffset Started, DateTimeOffset Ended, long DatabaseBytes, long CopiedBytes, long RepositoryBytes, string? FirstWal, string? LastWal, bool Proven, string? Broken);

/// <summary>A stretch of the map.</summary>
internal sealed record SpanReport(DateTimeOffset From, DateTimeOffset To, string State, string? Set, string Why);

/// <summary>A hole in the log.</summary>
internal sealed record HoleReport(string First, long Segments, DateTimeOffset From, DateTimeOffset To);

/// <summary>A place at which the clock went back.</summary>
internal sealed record ClockStepReport(string Segment, DateTimeOffset From, DateTimeOffset To);

/// <summary>A repository.</summary>
internal sealed record RepositoryReport(int Number, string Place, string? Problem, IReadOnlyList<SetReport> Sets, long WalSegments, long WalBytes, IReadOnlyList<uint> Timelines, IReadOnlyList<SpanReport> Map, IReadOnlyList<HoleReport> Holes, IReadOnlyList<ClockStepReport> ClockSteps);

/// <summary>What list answers.</summary>
internal sealed record ListReport(string Cluster, string Engine, IReadOnlyList<RepositoryReport> Repositories, DateTimeOffset? RecoverableUntil, double? RpoSeconds, string? LastDrill, bool DrillOverdue, IReadOnlyList<string> Alerts);

/// <summary>An alert.</summary>
internal sealed record AlertReport(string Rule, string Severity, string? Subject, string Message, string? Hint, string? At);

/// <summary>What alerts answers.</summary>
internal sealed record AlertsReport(string Cluster, IReadOnlyList<AlertReport> Alerts, IReadOnlyList<string> Done);

/// <summary>What take answers.</summary>
internal sealed record TakeReport(string Cluster, string Run, SetReport Set, double DurationMs, int TablesCounted, IReadOnlyList<string> NotCounted);

/// <summary>What check answers.</summary>
internal sealed record CheckReport(string Cluster, double DurationMs, IReadOnlyList<ClockGapReport> ClocksApart);

/// <summary>A repository whose files are dated by another clock than the server's.</summary>
internal sealed record ClockGapReport(int Repository, double AheadSeconds);

/// <summary>What verify answers.</summary>
internal sealed record VerifyReport(string Cluster, IReadOnlyList<string> Damaged, IReadOnlyList<HoleReport> Holes, IReadOnlyList<string> BrokenSets);

/// <summary>A phase of a drill or a restore.</summary>
internal sealed record PhaseReport(string Name, double DurationMs, long? Bytes);

/// <summary>Something that was looked at.</summary>
internal sealed record LookReport(string Name, bool? Passed, string Words);

/// <summary>What drill answers.</summary>
internal sealed record DrillReport(string Cluster, string Run, string Set, bool Passed, string? Failure, double? RpoSeconds, double? RtoSeconds, double? ForecastSeconds, DateTimeOffset? RandomMoment, DateTimeOffset? ReachedUntil, IReadOnlyList<PhaseReport> Phases, IReadOnlyList<LookReport> Checks, bool DryRun = false);

/// <summary>What restore answers.</summary>
internal sealed record RestoreReport(string Cluster, string Run, string Set, string? Target, string Folder, string? Socket, int? Port, DateTimeOffset? ReachedUntil, string? ReachedLsn, IReadOnlyList<PhaseReport> Phases, IReadOnlyList<string> Differences, bool DryRun, IReadOnlyList<string>? Lacks = null);

/// <summary>What estimate answers.</summary>
internal sealed record EstimateReport(string Cluster, string? Set, double? Seconds, double? LowSeconds, double? HighSeconds, long Bytes, long WalBytes, int Drills);

/// <summary>What expire answers.</summary>
internal sealed record ExpireReport(string Cluster, IReadOnlyList<string> Removed, IReadOnlyList<string> Kept);

/// <summary>What dump and load answer.</summary>
internal sealed record DumpReport(string Cluster, string Folder, IReadOnlyList<string> Databases, long Bytes, double DurationMs);

/// <summary>What document answers.</summary>
internal sealed record DocumentReport(string Cluster, string? File, string Markdown);

/// <summary>What beacon answers.</summary>
internal sealed record BeaconReport(string Cluster, long Written);

/// <summary>The JSON contracts of the duty.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ListReport))]
[JsonSerializable(typeof(AlertsReport))]
[JsonSerializable(typeof(TakeReport))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(DrillReport))]
[JsonSerializable(typeof(RestoreReport))]
[JsonSerializable(typeof(EstimateReport))]
[JsonSerializable(typeof(ExpireReport))]
[JsonSerializable(typeof(DumpReport))]
[JsonSerializable(typeof(DocumentReport))]
[JsonSerializable(typeof(BeaconReport))]
internal sealed partial class BackupJson : JsonSerializerContext;
