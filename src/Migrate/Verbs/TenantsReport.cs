namespace Lockkeeper.Migrate.Verbs;

/// <summary>A database with many tenants in a run.</summary>
internal sealed record TenantsRun(
    string Database, string? Run, string Outcome, string Format, string Artifact, int Total, int Done, int UpToDate, int Failed, int NotStarted, string? StoppedBecause, int Parallel, int MaxFailures,
    double DurationMs, IReadOnlyList<string> Canaries, IReadOnlyList<TenantGroupReport> Plan, IReadOnlyList<TenantReport> Tenants, IReadOnlyList<string> RefusedBecause,
    IReadOnlyList<RestorePointReport> RestorePoints);

/// <summary>What would run (or was to run) in the tenants that were in one state.</summary>
internal sealed record TenantGroupReport(IReadOnlyList<string> Tenants, IReadOnlyList<StepReport> Steps, string? Error);

/// <summary>One tenant of a run.</summary>
internal sealed record TenantReport(string Tenant, string Outcome, double? DurationMs, IReadOnlyList<string> Steps, string? Fingerprint, IReadOnlyList<GateReport> Gates, string? ErrorCode, string? Error, string? At);

/// <summary>One tenant in a status.</summary>
internal sealed record TenantStatus(string Tenant, int Applied, int Pending, string? Newest, string Release, string? Error, IReadOnlyList<FindingReport> Findings);
