using Lockkeeper.Kernel.Plans;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>What a run would do, from files, history and schema as they are now. Making one changes nothing.</summary>
/// <param name="Series">The series.</param>
/// <param name="State">What the target knows.</param>
/// <param name="Comparison">The series held against the history.</param>
/// <param name="Migrations">The migrations of the plan, prepared, by step id.</param>
/// <param name="Schema">The schema now; null when it was not needed.</param>
/// <param name="Drift">How the schema differs from the one that the last run left; empty when it does not or none is recorded.</param>
/// <param name="Plan">The plan.</param>
internal sealed record Draft(
    MigrationSeries Series, TargetState State, HistoryComparison Comparison, IReadOnlyDictionary<string, PreparedMigration> Migrations, SchemaState? Schema, IReadOnlyList<string> Drift, Plan Plan)
{
    /// <summary>What an adopted tool applied on its own and this run takes over first.</summary>
    public Takeover Takeover { get; init; } = Takeover.None([]);

    /// <summary>The restore point that is made before its first dangerous step; null for none.</summary>
    public PlannedRestorePoint? RestorePoint { get; init; }

    /// <summary>Whether the release still has to pass its gates here.</summary>
    public bool ReleasePassed => State.Release is { Outcome: ReleaseOutcome.Passed } release && release.Artifact == Series.Artifact;
}
