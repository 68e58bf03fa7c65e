using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Proof.Queries;

/// <summary>A statement that was asked about before and after the migrations.</summary>
/// <param name="Query">The statement.</param>
/// <param name="Before">The answer on the schema as it is.</param>
/// <param name="After">The answer after all migrations.</param>
internal sealed record TriedQuery(AskedQuery Query, QueryAnswer Before, QueryAnswer After)
{
    /// <summary>The migration after which the answer is another one for the first time; null when it is the same, or not known.</summary>
    public PreparedMigration? Since { get; init; }

    /// <summary>Whether it worked and does not any more.</summary>
    public bool Breaks => Before.Error is null && After.Error is not null;

    /// <summary>Whether it works before and after.</summary>
    public bool Works => Before.Error is null && After.Error is null;

    /// <summary>Whether what it takes is of other types after the migrations.</summary>
    public bool ChangesParameters => Works && !Before.Parameters.SequenceEqual(After.Parameters);

    /// <summary>Whether its result has other columns after the migrations.</summary>
    public bool ChangesResult => Works && !Before.Columns.SequenceEqual(After.Columns);

    /// <summary>Whether it is run in another way after the migrations.</summary>
    public bool ChangesPlan => Before.Plan is { } before && After.Plan is { } after && !before.Nodes.SequenceEqual(after.Nodes);
}
