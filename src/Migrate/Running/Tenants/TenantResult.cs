using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Plans;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>What became of one tenant.</summary>
internal enum TenantOutcome
{
    /// <summary>It was not reached.</summary>
    NotStarted,

    /// <summary>It had nothing to do.</summary>
    UpToDate,

    /// <summary>It was changed.</summary>
    Done,

    /// <summary>It failed and nothing of this run is in place.</summary>
    Failed,

    /// <summary>It failed and a part of this run is in place.</summary>
    PartlyApplied,
}

/// <summary>What became of one tenant, without the plans and schemas that a run holds: there may be thousands.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Outcome">What became of it.</param>
internal sealed record TenantResult(Tenant Tenant, TenantOutcome Outcome)
{
    public TimeSpan Duration { get; init; }

    /// <summary>The migrations of this run that are in place (of a rollback: that were undone).</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    public string? Fingerprint { get; init; }

    public IReadOnlyList<GateResult> Gates { get; init; } = [];

    public LockkeeperException? Error { get; init; }

    /// <summary>Whether this run changed something in it.</summary>
    public bool Changed => Outcome is TenantOutcome.Done or TenantOutcome.PartlyApplied;

    /// <summary>What matters of a run.</summary>
    public static TenantResult Of(Tenant tenant, RunResult run, TimeSpan duration) => new(tenant, run.Outcome switch
    {
        RunOutcome.NothingToDo => TenantOutcome.UpToDate,
        RunOutcome.Done => TenantOutcome.Done,
        RunOutcome.PartlyApplied => TenantOutcome.PartlyApplied,
        _ => TenantOutcome.Failed,
    })
    {
        Duration = duration,
        Steps = [.. run.Steps.Where(step => step.State is StepState.Done or StepState.PartlyDone or StepState.UndoFailed).Select(step => step.Step.Id)],
        Fingerprint = run.After?.Fingerprint,
        Gates = run.Gates,
        Error = run.Error,
    };
}
