using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Proof.Order;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>Decides what to write into a history, and says it in words.</summary>
internal delegate IReadOnlyList<(HistoryEdit Edit, string Words)> HistoryDecision(MigrationSeries series, TargetState state, HistoryComparison comparison);

/// <summary>What would be written into a history.</summary>
/// <param name="Draft">As a plan.</param>
/// <param name="Edits">The edits.</param>
internal sealed record HistoryDraft(Draft Draft, IReadOnlyList<(HistoryEdit Edit, string Words)> Edits)
{
    /// <summary>In words.</summary>
    public IReadOnlyList<string> Words => [.. Edits.Select(edit => edit.Words)];
}

/// <summary>Edits a target's history: a plan like any other, admitted and recorded like any other, that runs no migration.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
/// <param name="what">What is done, for the plan's title: <c>repair</c> or <c>baseline</c>.</param>
/// <param name="decide">Decides on the edits.</param>
internal sealed class HistoryRun(ChosenTarget chosen, Workspace workspace, RunOptions options, string what, HistoryDecision decide)
{
    /// <summary>Runs it; answers what was (or would be) changed, in words.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancel)
    {
        var (draft, edits) = await DraftAsync(cancel);
        if (options.DryRun || edits.Count == 0)
            return [.. edits.Select(edit => edit.Words)];
        var opening = new RunOpening(chosen, workspace, options, ignoreWindow: true);
        await opening.PrepareAsync(draft, cancel);
        await using var held = await opening.LeaseAsync($"{what} on", cancel);
        (draft, edits) = await DraftAsync(held.Token);
        var stamp = chosen.Stamp(await opening.AdmitAsync(draft, held), workspace.Actor, draft.Series.Artifact);
        var record = new RunRecord(workspace, stamp);
        await record.StartedAsync(draft.Plan, draft.Schema, held.Token);
        await chosen.Target.EditHistoryAsync([.. edits.Select(edit => edit.Edit)], stamp, held.Lease, held.Token);
        if (what == "baseline")
            await chosen.Target.RecordReleaseAsync(stamp, ReleaseOutcome.Applied, await chosen.Target.ReadSchemaAsync(held.Token), held.Lease, held.Token);
        await record.FinishedAsync("done", changed: true, draft.Schema, []);
        return [.. edits.Select(edit => edit.Words)];
    }

    /// <summary>What would be written.</summary>
    public async Task<HistoryDraft> DraftAsync(CancellationToken cancel)
    {
        var series = chosen.Release?.Series ?? SeriesReader.Read(chosen.Database, workspace.ProjectFolder);
        var state = await chosen.Target.ReadStateAsync(series.Name, cancel);
        var comparison = await OrderRecord.CompareAsync(workspace, chosen.Database, series, state.Rows, cancel);
        var entries = state.Adopted is { Adoption.IsKept: true } ? ForeignEntry.All(series, new DraftMaker(chosen, workspace).Files(series)) : null;
        var edits = decide(series, state, comparison)
            .Select(edit => (Edit: edit.Edit.Renewed is { } renewed && entries is not null ? edit.Edit with { Mirror = new ForeignMirror(state.Adopted!.Adoption, entries[renewed.Key]) } : edit.Edit, edit.Words)).ToList();
        var steps = edits.Select(edit => new Step(edit.Edit.Id, edit.Words, edit.Words, Undo.None, Impact.None)).ToList();
        var plan = new Plan($"{what} the history of {series.Name} on {chosen.Environment.Name}", chosen.Environment.Name, series.Name, steps);
        return new HistoryDraft(new Draft(series, state, comparison, new Dictionary<string, PreparedMigration>(), null, [], plan), edits);
    }
}
