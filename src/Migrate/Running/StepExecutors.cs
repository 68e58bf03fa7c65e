using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running;

/// <summary>Carries out the steps of applying: up forward, down backward.</summary>
internal sealed class ApplySteps(IMigrationTarget target, IReadOnlyDictionary<string, PreparedMigration> migrations, RunStamp stamp, ITargetLease lease, IProgressSink progress) : IStepExecutor
{
    private int done;

    public async Task DoAsync(Step step, CancellationToken cancel)
    {
        // The drift that a person accepted is in the target already; the schema recorded at the end of the run makes it the new normal.
        if (step.Id == DraftMaker.AcceptDriftStep)
            return;
        var migration = migrations[step.Id];
        progress.Now($"applying {migration.Migration.Title}", done++, migrations.Count);
        try
        {
            await target.ApplyAsync(migration, stamp, lease, progress, cancel);
        }
        catch (StepFailedException e) when (migration.Migration.LeavesFailed && !e.LeftTraces && e.Error.Code == MigrateErrors.MigrationFailed)
        {
            progress.Say($"{step.Id} failed, and its author lets a run go on then: {e.Error.At} {e.Error.Message}");
            throw new StepLeftException(e.Error.Message);
        }
    }

    public int Together(IReadOnlyList<Step> steps, int from) =>
        steps[from].Id == DraftMaker.AcceptDriftStep ? 1 : target.CountTogether([.. steps.Skip(from).Take(IMigrationTarget.MostTogether).Select(step => migrations[step.Id])]);

    public async Task<DoneTogether> DoTogetherAsync(IReadOnlyList<Step> steps, CancellationToken cancel)
    {
        progress.Now($"applying {migrations[steps[0].Id].Migration.Title} to {migrations[steps[^1].Id].Migration.Title}", done, migrations.Count);
        var together = await target.ApplyTogetherAsync([.. steps.Select(step => migrations[step.Id])], stamp, lease, progress, cancel);
        done += together.Durations.Count;
        return together;
    }

    public async Task UndoAsync(Step step, CancellationToken cancel)
    {
        if (step.Id == DraftMaker.AcceptDriftStep)
            return;
        progress.Now($"rolling back {migrations[step.Id].Migration.Title}");
        await target.UndoAsync(migrations[step.Id], stamp, lease, progress, cancel);
    }
}

/// <summary>Carries out the steps of a rollback: down forward; there is no way back from a way back.</summary>
internal sealed class RollbackSteps(IMigrationTarget target, IReadOnlyDictionary<string, PreparedMigration> migrations, RunStamp stamp, ITargetLease lease, IProgressSink progress) : IStepExecutor
{
    public Task DoAsync(Step step, CancellationToken cancel)
    {
        progress.Now($"rolling back {migrations[step.Id].Migration.Title}");
        return target.UndoAsync(migrations[step.Id], stamp, lease, progress, cancel);
    }

    public Task UndoAsync(Step step, CancellationToken cancel) => throw new InvalidOperationException("the steps of a rollback have no undo");
}
