using Lockkeeper.Migrate.Adoption;

namespace Lockkeeper.Migrate.History;

/// <summary>What a target knows about itself, read in one go and without changing anything.</summary>
/// <param name="Server">The server's version in words, for example <c>PostgreSQL 15.18</c>.</param>
/// <param name="IsPooled">Whether a pooler stands in between.</param>
/// <param name="ReadOnlyReason">Why it takes no changes, or null.</param>
/// <param name="HasStore">Whether Lockkeeper's own schema is there.</param>
/// <param name="Rows">The history of this series, in order of application.</param>
/// <param name="Recorded">The schema as the last run left it, or null when none was recorded.</param>
/// <param name="Interrupted">Migrations without a transaction that a run left half done.</param>
/// <param name="Release">The last release of this series here, or null.</param>
internal sealed record TargetState(
    string Server, bool IsPooled, string? ReadOnlyReason, bool HasStore, IReadOnlyList<HistoryRow> Rows, RecordedSchema? Recorded, IReadOnlyList<InterruptedMigration> Interrupted, ReleaseRow? Release)
{
    /// <summary>The history of the tool that this series was adopted from; null when it was not.</summary>
    public AdoptedHistory? Adopted { get; init; }
}

/// <summary>A schema that was recorded at the end of a run.</summary>
/// <param name="Fingerprint">Its fingerprint.</param>
/// <param name="Bytes">The objects, for the diff.</param>
/// <param name="IsCurrent">False when migrations were applied after it was taken: the run that applied them did not reach its end.</param>
/// <param name="At">When it was taken.</param>
internal sealed record RecordedSchema(string Fingerprint, byte[] Bytes, bool IsCurrent, DateTimeOffset At);

/// <summary>A migration that a run left half done, or half undone.</summary>
/// <param name="Id">The migration.</param>
/// <param name="Done">How many of its statements are done for sure.</param>
/// <param name="InFlight">The statement that was running, from 1; null when none was.</param>
/// <param name="IsUndo">Whether it was being rolled back.</param>
internal sealed record InterruptedMigration(string Id, int Done, int? InFlight, bool IsUndo)
{
    /// <summary>Whether it is a backfill that runs outside of the series.</summary>
    public bool IsAlone => Id.StartsWith(Running.BackfillRun.Prefix, StringComparison.Ordinal);

    /// <summary>What happened, and what goes on with it.</summary>
    public string Words
    {
        get
        {
            var where = InFlight is { } statement ? $"at statement {statement}" : $"after {Kernel.Reports.Plural.Of(Done, "statement")}";
            return IsUndo ? $"the rollback of {Id} was interrupted {where}; 'lk migrate resume' goes on there"
                : IsAlone ? $"{Id} was interrupted; 'lk migrate backfill --resume' goes on with it"
                : $"{Id} was interrupted {where}; it goes on there";
        }
    }
}

/// <summary>How far a release got in an environment.</summary>
internal enum ReleaseOutcome
{
    /// <summary>Its migrations are in place; gates have not all passed yet.</summary>
    Applied,

    /// <summary>Its migrations are in place and every gate passed.</summary>
    Passed,

    /// <summary>A gate or a migration failed.</summary>
    Failed,

    /// <summary>It failed and was rolled back.</summary>
    RolledBack,
}

/// <summary>A release as a target remembers it.</summary>
/// <param name="Artifact">The artifact hash.</param>
/// <param name="Environment">The environment's name at that time.</param>
/// <param name="Run">The last run that touched it.</param>
/// <param name="Outcome">How far it got.</param>
/// <param name="At">When.</param>
internal sealed record ReleaseRow(string Artifact, string Environment, string Run, ReleaseOutcome Outcome, DateTimeOffset At);
