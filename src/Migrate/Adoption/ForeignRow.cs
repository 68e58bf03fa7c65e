using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>What another tool's history says about a migration.</summary>
internal enum ForeignOutcome
{
    /// <summary>It ran and is in place.</summary>
    Applied,

    /// <summary>It was taken as being in place without running it.</summary>
    Baseline,

    /// <summary>It was marked as run without running it: what it holds is not in the database by its doing.</summary>
    Marked,

    /// <summary>It failed, or began and did not end: nobody knows what is in place. Adopting is refused until a person has looked.</summary>
    Failed,
}

/// <summary>One migration as another tool's history has it. What that tool has undone or deleted since has no row.</summary>
/// <param name="Key">What makes it the same migration as one of the folder: made with <see cref="MigrationKey.Of"/> from what the tool's format gives its migrations.</param>
/// <param name="Id">How the tool names it, for messages: <c>1.2</c>, <c>20240101120000</c>.</param>
/// <param name="File">The file as the tool recorded it; empty when it keeps none.</param>
/// <param name="Outcome">What became of it.</param>
internal sealed record ForeignRow(MigrationKey Key, string Id, string File, ForeignOutcome Outcome)
{
    /// <summary>Set when the row stands for every older version too: golang-migrate keeps the last version only; a Flyway baseline covers what is below it.</summary>
    public bool CoversOlder { get; init; }

    /// <summary>The recorded checksum as the tool writes it; null when it records none.</summary>
    public string? Checksum { get; init; }

    /// <summary>The project that it belongs to, for a tool whose table holds several; null otherwise.</summary>
    public string? Project { get; init; }

    /// <summary>Who applied it; empty when the tool does not say.</summary>
    public string By { get; init; } = "";

    /// <summary>When; null when the tool does not say.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>For <see cref="ForeignOutcome.Failed"/>: what to look at, as a full sentence.</summary>
    public string? LookAt { get; init; }

    /// <summary>The version, or null where the migration has none.</summary>
    public MigrationVersion? Version => Key.Version;
}
