using Lockkeeper.Migrate.Running.Contracts;

namespace Lockkeeper.Migrate.Running;

/// <summary>How a run was asked for.</summary>
/// <param name="DryRun">Show and change nothing.</param>
/// <param name="Yes">Losses are confirmed.</param>
/// <param name="AcceptDrift">A drifted schema is taken as the new normal.</param>
/// <param name="LeaseWait">How long to wait for another runner.</param>
internal sealed record RunOptions(bool DryRun, bool Yes, bool AcceptDrift, TimeSpan LeaseWait)
{
    /// <summary>The run's id when a run over many tenants has it already, approval and confirmation included; null for a run of its own.</summary>
    public string? Run { get; init; }

    /// <summary>Why contracts run whoever says no; null to hold them.</summary>
    public string? ContractAnyway { get; init; }

    /// <summary>Whether only what a run that died had begun comes to its end.</summary>
    public bool OnlyBegun { get; init; }

    /// <summary>How contracts are looked at.</summary>
    public HoldOptions Holding => new(Writes: !DryRun, ContractAnyway);
}

/// <summary>How a run of one database ended.</summary>
internal enum RunOutcome
{
    /// <summary>Dry run: this would run.</summary>
    Planned,

    /// <summary>Nothing was pending and the release had passed already.</summary>
    NothingToDo,

    /// <summary>Everything is in place and every gate passed.</summary>
    Done,

    /// <summary>It failed and nothing of it is in place: nothing was applied, or all of it was rolled back.</summary>
    Failed,

    /// <summary>It failed and a part of it is in place.</summary>
    PartlyApplied,
}
