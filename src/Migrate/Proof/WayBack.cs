using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Proof;

/// <summary>What is known of a migration's way back.</summary>
internal enum WayBackState
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>It was run, and left the schema as it was before the migration; the migration runs again after it.</summary>
    Proven,

    /// <summary>It was run, and failed or left a difference.</summary>
    Broken,

    /// <summary>It was not run.</summary>
    NotTried,
}

/// <summary>A migration's way back, tried.</summary>
/// <param name="State">What came of it.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
/// <param name="Differences">What it left, one sentence each.</param>
/// <param name="Losses">What it cannot bring back: what the migration says that it destroys, and tables whose made-up rows were not as before.</param>
internal sealed record WayBack(WayBackState State, LockkeeperException? Error, IReadOnlyList<string> Differences, IReadOnlyList<string> Losses)
{
    /// <summary>Nothing is known, or there is nothing.</summary>
    public static WayBack Of(WayBackState state) => new(state, null, [], []);

    /// <summary>The same from the middle of a migration that runs without a transaction; empty when it has no middle.</summary>
    public IReadOnlyList<PartialWayBack> Partial { get; init; } = [];
}

/// <summary>The way back after the first statements.</summary>
/// <param name="Done">How many of them had run.</param>
/// <param name="Of">Of how many.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
/// <param name="Differences">What it left.</param>
internal sealed record PartialWayBack(int Done, int Of, LockkeeperException? Error, IReadOnlyList<string> Differences)
{
    /// <summary>Whether the schema was as before afterwards.</summary>
    public bool IsProven => Error is null && Differences.Count == 0;
}
