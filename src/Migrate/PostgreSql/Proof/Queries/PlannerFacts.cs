namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>What a target's planner goes by, as far as the role may see it.</summary>
/// <param name="Sizes">The size of each relation that was asked for.</param>
/// <param name="Columns">The statistics of their columns.</param>
/// <param name="Settings">The settings of the planner.</param>
internal sealed record PlannerFacts(IReadOnlyList<PlannerSize> Sizes, IReadOnlyList<ColumnStatistics> Columns, IReadOnlyList<(string Name, string Value)> Settings);

/// <summary>A relation by name.</summary>
internal readonly record struct RelationKey(string Schema, string Name);

/// <summary>The size of a relation.</summary>
/// <param name="Relation">Which.</param>
/// <param name="Pages">Its pages now: the planner looks at the file.</param>
/// <param name="KnownPages">Its pages when it was last counted.</param>
/// <param name="Rows">Its rows when it was last counted; -1 for never.</param>
/// <param name="VisiblePages">Pages that an index-only scan need not visit.</param>
internal sealed record PlannerSize(RelationKey Relation, long Pages, int KnownPages, float Rows, int VisiblePages);

/// <summary>A column's row of pg_stats, values as text.</summary>
internal sealed record ColumnStatistics(RelationKey Relation, string Column, bool Inherited, float NullFraction, int Width, float Distinct)
{
    /// <summary>The most common values, as an array in text; null for none.</summary>
    public string? CommonValues { get; init; }

    /// <summary>Their frequencies.</summary>
    public string? CommonFrequencies { get; init; }

    /// <summary>The bounds of the histogram.</summary>
    public string? Histogram { get; init; }

    /// <summary>How far the order on the disk is that of the values.</summary>
    public float? Correlation { get; init; }

    /// <summary>The most common elements of arrays and words of texts.</summary>
    public string? CommonElements { get; init; }

    /// <summary>Their frequencies.</summary>
    public string? ElementFrequencies { get; init; }
}
