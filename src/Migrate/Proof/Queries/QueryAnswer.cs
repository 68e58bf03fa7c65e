using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Proof.Queries;

/// <summary>What a server says to a statement, without running it.</summary>
internal sealed record QueryAnswer
{
    /// <summary>Why it does not work; null when it does.</summary>
    public string? Error { get; init; }

    /// <summary>Where in the file, when the error says so and the statement stands in one.</summary>
    public SourcePosition? ErrorAt { get; init; }

    /// <summary>The types of its parameters.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>The columns of its result.</summary>
    public IReadOnlyList<ResultColumn> Columns { get; init; } = [];

    /// <summary>How it would be run; null when that is not known.</summary>
    public QueryPlan? Plan { get; init; }
}

/// <summary>A column of a result.</summary>
internal sealed record ResultColumn(string Name, string Type);

/// <summary>A plan's shape and cost.</summary>
/// <param name="Nodes">How tables are read, and how they are joined, from the top down: for example <c>Index Scan using orders_pkey on orders</c>.</param>
/// <param name="Cost">The planner's estimate, in its own unit.</param>
internal sealed record QueryPlan(IReadOnlyList<string> Nodes, double Cost);
