using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Proof.Order;

/// <summary>Runs the same migrations in two orders, each on a database of its own, and compares what they make.</summary>
/// <param name="ground">Where; it starts from what stands before all of them.</param>
/// <param name="late">The migration whose place is in question.</param>
/// <param name="newer">Those that stand after it.</param>
internal sealed class OrderTrial(IProofGround ground, PreparedMigration late, IReadOnlyList<PreparedMigration> newer)
{
    /// <summary>Tries both.</summary>
    public async Task<OrderVerdict> RunAsync(CancellationToken cancel)
    {
        var (inSeries, asApplied) = await BothAsync(withRows: true, cancel);
        var notes = new List<string>();
        if (inSeries.Error is not null || asApplied.Error is not null)
        {
            var error = (inSeries.Error ?? asApplied.Error)!;
            (inSeries, asApplied) = await BothAsync(withRows: false, cancel);
            if (inSeries.Error is null && asApplied.Error is null)
                notes.Add($"rows that were there before, because made-up ones do not fit ({error.Message})");
        }

        if (inSeries.Error is { } first && asApplied.Error is { } second)
            return new OrderVerdict(OrderOutcome.NotTried, [first.Message == second.Message ? first.Message : $"{first.Message}; {second.Message}"], notes, first.At);
        if ((inSeries.Error ?? asApplied.Error) is { } only)
            return new OrderVerdict(OrderOutcome.Differs, [$"{(inSeries.Error is null ? "after" : "before")} them {Title(inSeries.Failed ?? asApplied.Failed)} fails: {only.Message}"], notes, only.At);
        return await CompareAsync(inSeries, asApplied, notes, cancel);
    }

    private string Title(PreparedMigration? failed) => ReferenceEquals(failed, late) ? "it" : failed!.Migration.Title;

    private async Task<OrderVerdict> CompareAsync(Outcome inSeries, Outcome asApplied, List<string> notes, CancellationToken cancel)
    {
        var words = new List<string>();
        if (inSeries.Schema!.Fingerprint != asApplied.Schema!.Fingerprint)
            words.AddRange(asApplied.Differences.Select(difference => $"after them, {difference}"));
        var (before, after) = (inSeries.Tables!, asApplied.Tables!);
        var shared = before.Keys.Intersect(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var otherRows = words.Count > 0 ? [] : shared.Where(table => before[table].Rows != after[table].Rows).ToList();
        if (otherRows.Count > 0)
        {
            // The clock and chance make other rows each time: what the same order does not make twice says nothing.
            var again = await GoAsync([late, .. newer], withRows: notes.Count == 0, null, cancel);
            var volatileTables = otherRows.Where(table => again.Tables is null || again.Tables[table].Rows != before[table].Rows).ToList();
            notes.AddRange(volatileTables.Select(table => $"rows of {table}, which are others each time (the clock, chance)"));
            words.AddRange(otherRows.Except(volatileTables).Select(table => $"the rows of {table} are others"));
        }

        if (words.Count > 0)
            return new OrderVerdict(OrderOutcome.Differs, words, notes, null);
        var columns = shared.Where(table => !before[table].Columns.SequenceEqual(after[table].Columns, StringComparer.Ordinal)).ToList();
        return new OrderVerdict(columns.Count == 0 ? OrderOutcome.Free : OrderOutcome.ColumnOrder,
            [.. columns.Select(table => $"the columns of {table} stand in another order: {string.Join(", ", before[table].Columns)} before, {string.Join(", ", after[table].Columns)} after them")], notes, null);
    }

    private async Task<(Outcome InSeries, Outcome AsApplied)> BothAsync(bool withRows, CancellationToken cancel)
    {
        var inSeries = await GoAsync([late, .. newer], withRows, null, cancel);
        return (inSeries, await GoAsync([.. newer, late], withRows, inSeries.Schema, cancel));
    }

    private async Task<Outcome> GoAsync(IReadOnlyList<PreparedMigration> order, bool withRows, SchemaState? expected, CancellationToken cancel)
    {
        await using var database = await ground.CreateAsync(withRows, cancel);
        foreach (var migration in order)
        {
            if (await database.RunAsync(migration, undo: false, null, cancel) is { } error)
                return new Outcome { Failed = migration, Error = error };
        }

        var schema = await database.ReadSchemaAsync(cancel);
        return new Outcome { Schema = schema, Tables = await database.ReadTablesAsync(cancel), Differences = expected is null ? [] : database.Differences(expected, schema) };
    }

    /// <summary>What one order made.</summary>
    private sealed record Outcome
    {
        public PreparedMigration? Failed { get; init; }

        public LockkeeperException? Error { get; init; }

        public SchemaState? Schema { get; init; }

        public IReadOnlyDictionary<string, TableContent>? Tables { get; init; }

        public IReadOnlyList<string> Differences { get; init; } = [];
    }
}
