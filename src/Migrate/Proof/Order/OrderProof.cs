using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Proof.Order;

/// <summary>What came of two orders of the same migrations.</summary>
internal enum OrderOutcome
{
    /// <summary>Both make the same schema and the same rows.</summary>
    Free,

    /// <summary>Both make the same, but for the order in which the columns of a table stand.</summary>
    ColumnOrder,

    /// <summary>They make different things, or one of them fails.</summary>
    Differs,

    /// <summary>Neither could be tried.</summary>
    NotTried,
}

/// <summary>A late migration, before and after those that came in front of it.</summary>
/// <param name="Late">The migration.</param>
/// <param name="Newer">Those that stand after it in the series and are there already, in the order of the series.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Words">What differs, or why it was not tried: one sentence each.</param>
internal sealed record OrderProof(Migration Late, IReadOnlyList<Migration> Newer, OrderOutcome Outcome, IReadOnlyList<string> Words)
{
    /// <summary>What was not compared, one sentence each.</summary>
    public IReadOnlyList<string> NotCompared { get; init; } = [];

    /// <summary>Where an order failed; null when none did.</summary>
    public SourcePosition? At { get; init; }

    /// <summary>Whether the user takes another order of columns for the same.</summary>
    public bool AcceptsColumnOrder { get; init; }

    /// <summary>Whether the late migration may be applied after the others.</summary>
    public bool IsFree => Outcome == OrderOutcome.Free || (Outcome == OrderOutcome.ColumnOrder && AcceptsColumnOrder);

    /// <summary>The others, for a sentence.</summary>
    public string NewerWords => Newer.Count == 1 ? Newer[0].Title : $"{Newer[0].Title} and {Plural.Of(Newer.Count - 1, "other")}";

    /// <summary>What speaks against it; null for nothing.</summary>
    public Finding? Finding => Outcome switch
    {
        OrderOutcome.Differs => new Finding("order-matters", Severity.Error, $"{Late.Title} does not make the same before and after {NewerWords}: {Words[0]}", At ?? Late.Up.At, "Write it so that it fits after them, and give it a version after the newest one."),
        OrderOutcome.ColumnOrder when !AcceptsColumnOrder => new Finding(
            "order-of-columns", Severity.Warning, $"{Late.Title} makes the same before and after {NewerWords}, but {Words[0]}", Late.Up.At,
            "It matters to INSERT without a list of columns, COPY and SELECT *. Give it a version after the newest one, or run again with --accept-column-order when nothing goes by it."),
        OrderOutcome.NotTried => new Finding("order-not-tried", Severity.Warning, $"whether {Late.Title} makes the same before and after {NewerWords} was not tried: {Words[0]}", Late.Up.At, "Give it a version after the newest one."),
        _ => null,
    };
}
