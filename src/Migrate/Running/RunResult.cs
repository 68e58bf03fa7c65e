using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Plans;

namespace Lockkeeper.Migrate.Running;

/// <summary>What became of one database's run.</summary>
internal sealed record RunResult
{
    public required string? Run { get; init; }

    public required string TargetName { get; init; }

    public required Draft Draft { get; init; }

    public required RunOutcome Outcome { get; init; }

    public required IReadOnlyList<StepResult> Steps { get; init; }

    public IReadOnlyList<GateResult> Gates { get; init; } = [];

    public HealthVerdict? Health { get; init; }

    /// <summary>What was seen of the locks of its steps.</summary>
    public LockJournal Locks { get; init; } = new();

    public SchemaState? Before { get; init; }

    public SchemaState? After { get; init; }

    /// <summary>After a rollback: how the schema differs from the one before the run; empty when the way back was a whole one.</summary>
    public IReadOnlyList<string> LeftOver { get; init; } = [];

    /// <summary>Whether the steps are down files.</summary>
    public bool IsRollback { get; init; }

    public LockkeeperException? Error { get; init; }

    public ExitCode Exit => Outcome switch
    {
        RunOutcome.Failed => Error?.Exit is ExitCode.Refused ? ExitCode.Refused : ExitCode.Failed,
        RunOutcome.PartlyApplied => ExitCode.PartlyApplied,
        _ => ExitCode.Done,
    };
}
