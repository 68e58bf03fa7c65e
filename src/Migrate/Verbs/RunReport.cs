using System.Text.Json.Serialization;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>What apply, promote, rollback and plan answer.</summary>
internal sealed record RunReport(bool DryRun, string Environment, IReadOnlyList<DatabaseRun> Databases, IReadOnlyList<TenantsRun> Tenants);

/// <summary>One database's part of a run.</summary>
internal sealed record DatabaseRun(
    string Database, string Target, string Server, string? Run, string Outcome, string Format, string Artifact, IReadOnlyList<StepReport> Steps, IReadOnlyList<GateReport> Gates,
    HealthReport? Health, IReadOnlyList<string> Drift, string? FingerprintBefore, string? FingerprintAfter, IReadOnlyList<string> LeftOver, IReadOnlyList<string> Warnings, IReadOnlyList<string> RefusedBecause, IReadOnlyList<HeldReport> Held, RestorePointReport? RestorePoint = null);

/// <summary>A restore point before a dangerous step, and the command that goes back to it.</summary>
internal sealed record RestorePointReport(string Cluster, string Name, string Before, string Command);

/// <summary>A migration that waits for a gate, and for what.</summary>
internal sealed record HeldReport(string Id, IReadOnlyList<string> Reasons);

/// <summary>One step.</summary>
internal sealed record StepReport(
    string Id, string Words, string State, double? DurationMs, string Risk, IReadOnlyList<string> Locks, IReadOnlyList<string> Losses, string Undo, bool InTransaction, string File, string? Script, LockReport? LockRecord = null);

/// <summary>What was seen of the locks of a step while it ran.</summary>
internal sealed record LockReport(
    string? Words, IReadOnlyList<HeldLockReport> Held, int Samples, int MostWaiting, double LongestWaitMs, IReadOnlyList<string> Waiting, IReadOnlyList<MissedTryReport> Missed, IReadOnlyList<string> Terminated, string? NotWatched);

/// <summary>One lock that was held.</summary>
internal sealed record HeldLockReport(string Relation, string Mode, double FromMs, double HeldMs, bool AtMost);

/// <summary>One try that did not get its locks or gave them up.</summary>
internal sealed record MissedTryReport(int Try, string Why, IReadOnlyList<string> HeldBy);

/// <summary>One gate.</summary>
internal sealed record GateReport(string Name, bool Passed, string Words, double DurationMs, string Output);

/// <summary>The watch over the target's health.</summary>
internal sealed record HealthReport(bool Passed, string Words, double? P95BeforeMs, double? P95AfterMs, int MostWaiting, int Samples, string Source);

/// <summary>What status answers.</summary>
internal sealed record StatusReport(IReadOnlyList<DatabaseStatus> Databases);

/// <summary>One database over its environments.</summary>
internal sealed record DatabaseStatus(string Database, string Format, string FormatReason, string Artifact, IReadOnlyList<EnvironmentStatus> Environments, IReadOnlyList<MigrationStatus> Migrations);

/// <summary>One environment of a database.</summary>
internal sealed record EnvironmentStatus(string Environment, string Target, string? Server, int Applied, int Pending, string Release, string? Error, IReadOnlyList<FindingReport> Findings, IReadOnlyList<TenantStatus> Tenants, string? AdoptedFrom = null, IReadOnlyList<HeldReport>? Held = null);

/// <summary>One migration over the environments: its state in each, in their order.</summary>
internal sealed record MigrationStatus(string Id, string Kind, string Name, string File, bool HasDown, IReadOnlyList<string> States);

/// <summary>A finding.</summary>
internal sealed record FindingReport(string Rule, string Severity, string Message, string? At, string? Hint);

/// <summary>What verify answers.</summary>
internal sealed record VerifyReport(IReadOnlyList<VerifiedTarget> Targets);

/// <summary>One target that was verified.</summary>
internal sealed record VerifiedTarget(string Environment, string Database, string Target, int Applied, int Pending, IReadOnlyList<FindingReport> Findings, IReadOnlyList<string> Drift, bool DriftChecked, string? Tenant = null, string? Error = null);

/// <summary>What repair and baseline answer.</summary>
internal sealed record HistoryReport(bool DryRun, string Environment, string Database, string Target, IReadOnlyList<string> Changes, IReadOnlyList<TenantHistory> Tenants);

/// <summary>What was changed in the history of one tenant.</summary>
internal sealed record TenantHistory(string Tenant, IReadOnlyList<string> Changes, string? Error);

/// <summary>What new answers.</summary>
internal sealed record NewReport(IReadOnlyList<string> Files);

/// <summary>What squash answers.</summary>
internal sealed record SquashReport(
    bool DryRun, string Database, string File, int Migrations, string Fingerprint, bool WithData, IReadOnlyList<FilledTableReport> Filled, IReadOnlyList<string> Removed);

/// <summary>A table that the migrations filled.</summary>
internal sealed record FilledTableReport(string Table, long Rows);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(ShowReport))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(HistoryReport))]
[JsonSerializable(typeof(BackfillReport))]
[JsonSerializable(typeof(NewReport))]
[JsonSerializable(typeof(AdoptReport))]
[JsonSerializable(typeof(LeaveReport))]
[JsonSerializable(typeof(SquashReport))]
[JsonSerializable(typeof(LintReport))]
[JsonSerializable(typeof(FixReport))]
[JsonSerializable(typeof(ProveReport))]
[JsonSerializable(typeof(ForecastErrorReport))]
[JsonSerializable(typeof(ExpandReport))]
internal sealed partial class MigrateJson : JsonSerializerContext;
