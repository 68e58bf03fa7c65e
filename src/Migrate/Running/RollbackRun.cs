using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;

namespace Lockkeeper.Migrate.Running;

/// <summary>Rolls migrations of one database back with their down files: the same road as applying, the window apart, for it must be open in an emergency.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
/// <param name="choose">Which rows of the history.</param>
internal sealed class RollbackRun(ChosenTarget chosen, Workspace workspace, RunOptions options, Func<IReadOnlyList<HistoryRow>, IReadOnlyList<HistoryRow>> choose)
{
    private readonly RunOpening opening = new(chosen, workspace, options, ignoreWindow: true);

    /// <summary>Runs it.</summary>
    /// <exception cref="LockkeeperException">It was refused before anything was changed.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancel)
    {
        var drafts = new DraftMaker(chosen, workspace);
        // A run over tenants has looked at all of them already, and made the tables.
        if (chosen.Tenant is null && await LookAsync(drafts, cancel) is { } ended)
            return ended;
        await using var held = await opening.LeaseAsync("rolling back", cancel);
        var draft = await drafts.RollbackAsync(choose, held.Token);
        var run = await opening.AdmitAsync(draft, held);

        var stamp = chosen.Stamp(run, workspace.Actor, draft.State.Release?.Artifact ?? draft.Series.Artifact);
        var record = new RunRecord(workspace, stamp, chosen.Target.Locks);
        await record.StartedAsync(draft.Plan, draft.Schema, held.Token);
        var runner = new PlanRunner(new RollbackSteps(chosen.Target, draft.Migrations, stamp, held.Lease, workspace.Progress), record.StepAsync, workspace.Clock);
        var result = await runner.RunAsync(draft.Plan, RunMode.Real, undoOnFailure: false, held.Token);
        workspace.Progress.Now(null);
        return await FinishAsync(run, draft, stamp, record, held.Lease, result);
    }

    /// <summary>Looks before anything is touched; the result when there is nothing more to do.</summary>
    private async Task<RunResult?> LookAsync(DraftMaker drafts, CancellationToken cancel)
    {
        var draft = await drafts.RollbackAsync(choose, cancel);
        if (options.DryRun)
            return Result(null, draft, RunOutcome.Planned, [.. draft.Plan.Steps.Select(step => new StepResult(step, StepState.Planned, default))]);
        RequireConfirmation(draft);
        await opening.PrepareAsync(draft, cancel);
        return null;
    }

    private void RequireConfirmation(Draft draft)
    {
        if (options.Yes || chosen.Environment.Approvals is not null)
            return;
        throw new LockkeeperException(KernelErrors.NeedsConfirmation, $"{draft.Plan.Title}: not confirmed", "Run it with --yes when that is what you want; --dry-run shows it first.")
        {
            Facts = [.. draft.Plan.Steps.Select(step => new ErrorFact("STEP", step.Impact.Losses.Count == 0 ? step.Words : $"{step.Words}; destroys {string.Join(", ", step.Impact.Losses)}"))],
        };
    }

    private async Task<RunResult> FinishAsync(string run, Draft draft, RunStamp stamp, RunRecord record, ITargetLease lease, PlanResult result)
    {
        var error = result.Error is { } failure ? LostLease.Explain(lease, chosen.Target.Name, failure) : null;
        var changed = result.Steps.Any(step => step.State is StepState.Done or StepState.PartlyDone);
        SchemaState? after = null;
        if (changed)
        {
            try
            {
                // Migrations are undone already: a target that is away now must not hide that.
                after = await chosen.Target.ReadSchemaAsync(CancellationToken.None);
                await chosen.Target.RecordReleaseAsync(stamp, ReleaseOutcome.RolledBack, after, lease, CancellationToken.None);
            }
            catch (LockkeeperException e)
            {
                error ??= e;
            }
        }

        await record.FinishedAsync(error is null ? "rolled_back" : "failed", changed, after, []);
        var outcome = error is null ? RunOutcome.Done : changed ? RunOutcome.PartlyApplied : RunOutcome.Failed;
        return Result(run, draft, outcome, result.Steps) with { Before = draft.Schema, After = after, Error = error };
    }

    private RunResult Result(string? run, Draft draft, RunOutcome outcome, IReadOnlyList<StepResult> steps) =>
        new() { Run = run, TargetName = chosen.Target.Name, Draft = draft, Outcome = outcome, Steps = steps, Locks = chosen.Target.Locks, IsRollback = true };
}
