using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.History;

/// <summary>What a row of a target's history says about its migration.</summary>
internal enum HistoryOutcome
{
    /// <summary>It ran and is in place.</summary>
    Applied,

    /// <summary>It was taken as being in place without running it.</summary>
    Baseline,

    /// <summary>It ran and was undone.</summary>
    RolledBack,
}

/// <summary>One row of a target's history: a row a migration.</summary>
/// <param name="Order">The order of application in this target.</param>
/// <param name="Id">The migration's identity.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="File">Its file when it was applied.</param>
/// <param name="Sha256">The hash of the file's text when it was applied.</param>
/// <param name="Artifact">The artifact hash of the release that it came with.</param>
/// <param name="Run">The run.</param>
/// <param name="By">Who ran it.</param>
/// <param name="At">When.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Outcome">What became of it.</param>
internal sealed record HistoryRow(
    long Order, string Id, MigrationKind Kind, string Name, string File, string Sha256, string Artifact, string Run, string By, DateTimeOffset At, TimeSpan Duration, HistoryOutcome Outcome)
{
    /// <summary>Whether the migration is in place.</summary>
    public bool InPlace => Outcome != HistoryOutcome.RolledBack;

    /// <summary>The version, or null for a repeatable or planned migration.</summary>
    public MigrationVersion? Version { get; } =
        Kind is MigrationKind.Versioned or MigrationKind.Baseline && MigrationVersion.TryParse(Id.StartsWith("B:", StringComparison.Ordinal) ? Id[2..] : Id, out var version) ? version : null;

    /// <summary>What makes it the same migration as one of the folder.</summary>
    public MigrationKey Key => MigrationKey.Of(Kind, Version, Id);
}
