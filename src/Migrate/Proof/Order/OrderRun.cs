using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Proof.Order;

/// <summary>Tries each late migration in both places: where the series has it, and after what is there already.</summary>
/// <remarks>
/// One at a time is enough for several: those that stand before a late one in the series are part of what its trial starts from, so the last is moved to the end first, then the one before it.
/// </remarks>
/// <param name="chosen">Where the files are prepared for: the target, or a shadow of nothing.</param>
/// <param name="series">The files.</param>
/// <param name="ground">Where they are tried.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class OrderRun(ChosenTarget chosen, MigrationSeries series, IProofGround ground, Workspace workspace)
{
    private readonly DraftMaker drafts = new(chosen, workspace);
    private readonly TargetState nothing = new("", false, null, false, [], null, [], null);

    /// <summary>Whether another order of columns counts as the same.</summary>
    public bool AcceptsColumnOrder { get; init; }

    /// <summary>Tries what is late in the target.</summary>
    public async Task<IReadOnlyList<OrderProof>> OfTargetAsync(CancellationToken cancel)
    {
        var state = await chosen.Target.ReadStateAsync(series.Name, cancel);
        var rows = Takeover.Of(series, state, drafts.Files(series)).Rows;
        var byKey = series.Migrations.ToDictionary(migration => migration.Key);
        var late = HistoryComparison.Of(series, rows, OutOfOrderPolicy.Allow).Late.Where(one => one.Migration.OutOfOrder != true);
        return await ProveAsync([.. late.Select(one => (one.Migration, (IReadOnlyList<Migration>)[.. one.Newer.Select(row => byKey[row.Key])]))], state, cancel);
    }

    /// <summary>Tries what a branch adds in front of what is there without it.</summary>
    /// <param name="isAdded">Whether the branch adds a migration.</param>
    /// <param name="cancel">Stops it.</param>
    public Task<IReadOnlyList<OrderProof>> OfBranchAsync(Func<Migration, bool> isAdded, CancellationToken cancel)
    {
        var all = HistoryComparison.Of(series, [], OutOfOrderPolicy.Allow).Pending;
        var late = all.Select((migration, i) => (migration, Newer: (IReadOnlyList<Migration>)[.. all.Skip(i + 1).Where(other => !isAdded(other) && !other.RunAlways)]))
            // A repeatable one runs after all versions in any case, and is tried beside them.
            .Where(one => isAdded(one.migration) && one.migration.Kind != MigrationKind.Repeatable && one.Newer.Any(other => other.Kind != MigrationKind.Repeatable));
        return ProveAsync([.. late], nothing, cancel);
    }

    private async Task<IReadOnlyList<OrderProof>> ProveAsync(IReadOnlyList<(Migration Migration, IReadOnlyList<Migration> Newer)> late, TargetState state, CancellationToken cancel)
    {
        chosen.Target.LeavesSyntaxToServer = true;
        var proofs = new List<OrderProof>();
        foreach (var (migration, newer) in late)
        {
            workspace.Progress.Now($"trying {migration.Title} before and after {newer[0].Title}", proofs.Count, late.Count);
            var verdict = await TryAsync(migration, newer, state with { Adopted = null }, cancel);
            proofs.Add(new OrderProof(migration, newer, verdict.Outcome, verdict.Words) { NotCompared = verdict.NotCompared, At = verdict.At, AcceptsColumnOrder = AcceptsColumnOrder });
        }

        workspace.Progress.Now(null);
        return proofs;
    }

    private async Task<OrderVerdict> TryAsync(Migration migration, IReadOnlyList<Migration> newer, TargetState state, CancellationToken cancel)
    {
        var before = HistoryComparison.Of(series, [], OutOfOrderPolicy.Allow).Pending.TakeWhile(other => other.Key != migration.Key).ToList();
        var prepared = drafts.Prepare(series, state, [.. before, migration, .. newer]).ToList();
        try
        {
            // A copy of the target has the newer ones in it: both orders start from the files before them.
            await ShadowReplay.RunAsync(ground, series, [.. prepared.Take(before.Count)], workspace, cancel);
        }
        catch (LockkeeperException e) when (e.Code == MigrateErrors.NoShadow)
        {
            return new OrderVerdict(OrderOutcome.NotTried, [$"what stands before it cannot be made on an empty shadow ({e.Message})"], [], e.At);
        }

        return await new OrderTrial(ground, prepared[before.Count], [.. prepared.Skip(before.Count + 1)]).RunAsync(cancel);
    }
}
