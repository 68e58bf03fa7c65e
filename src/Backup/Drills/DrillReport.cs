using Lockkeeper.Backup.Evidence;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Backup.Drills;

/// <summary>A part of a drill that took time.</summary>
/// <param name="Name">Its name: fetch, consistent, replay, checks; of a managed cluster chosen, available, connected, full read, amcheck, checked.</param>
/// <param name="Took">How long.</param>
/// <param name="Bytes">How much it moved; null for what moves nothing.</param>
internal sealed record DrillPhase(string Name, TimeSpan Took, long? Bytes = null);

/// <summary>Something that a drill looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="Passed">Whether it was right; null when it could not be looked at.</param>
/// <param name="Words">What was found.</param>
internal sealed record DrillCheck(string Name, bool? Passed, string Words);

/// <summary>What a drill has shown.</summary>
internal sealed record DrillOutcome
{
    /// <summary>The set that was restored.</summary>
    public required string Set { get; init; }

    /// <summary>When it was held.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Its phases.</summary>
    public IReadOnlyList<DrillPhase> Phases { get; init; } = [];

    /// <summary>What was looked at.</summary>
    public IReadOnlyList<DrillCheck> Checks { get; init; } = [];

    /// <summary>The random moment that it was stopped at in between; null for none.</summary>
    public DateTimeOffset? RandomMoment { get; init; }

    /// <summary>The newest moment that the copy held; null when it never came up.</summary>
    public DateTimeOffset? ReachedUntil { get; init; }

    /// <summary>What would have been lost: from the newest moment of the copy to the drill.</summary>
    public TimeSpan? RecoveryPoint { get; init; }

    /// <summary>From the first byte fetched until the copy was open with all that there is.</summary>
    public TimeSpan? RecoveryTime { get; init; }

    /// <summary>What the forecast of before said of that; null for none.</summary>
    public TimeSpan? Forecast { get; init; }

    /// <summary>Bytes restored.</summary>
    public long DatabaseBytes { get; init; }

    /// <summary>Why it failed; null when it passed.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether the failure is about the backups themselves, and not about a limit of the policy.</summary>
    public bool IsEvidence { get; init; } = true;

    /// <summary>The archived segment that could not be replayed, when that is all that is wrong; null for none.</summary>
    public string? DamagedSegment { get; init; }

    /// <summary>How much of the manifest was compared; null without one.</summary>
    public Manifest? Manifest { get; init; }

    /// <summary>The outcome with what of the policy's limits is not kept. A limit that is passed does not make the backups worth less.</summary>
    /// <param name="policy">The policy.</param>
    public DrillOutcome HeldAgainst(BackupConfig policy)
    {
        var over = new List<string>();
        if (policy.RecoveryTime is { } most && RecoveryTime > most)
            over.Add($"a restore takes {Durations.Words(RecoveryTime.Value)}, and the policy allows {Durations.Words(most)}");
        if (policy.RecoveryPoint is { } point && RecoveryPoint > point)
            over.Add($"{Durations.Words(RecoveryPoint.Value)} would be lost, and the policy allows {Durations.Words(point)}");
        return over.Count == 0 ? this : this with { Failure = string.Join("; ", over), IsEvidence = false };
    }
}
