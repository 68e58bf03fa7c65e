using Lockkeeper.Kernel.Plans;

namespace Lockkeeper.Migrate.Running;

/// <summary>Makes a restore point right before the first dangerous step. A step whose restore point cannot be made is not done.</summary>
/// <param name="steps">Carries the steps out.</param>
/// <param name="point">The restore point.</param>
/// <param name="run">The run's id.</param>
internal sealed class RestorePointSteps(IStepExecutor steps, PlannedRestorePoint point, string run) : IStepExecutor
{
    private bool made;

    /// <summary>The first step of a plan that destroys something or has no way back; null for none.</summary>
    /// <param name="draft">What would run.</param>
    /// <param name="url">Where, secrets resolved.</param>
    public static DangerousStep? FirstDangerous(Draft draft, string url)
    {
        var migrations = draft.Plan.Steps.Where(step => draft.Migrations.ContainsKey(step.Id)).ToList();
        return migrations.Find(step => step.Impact.Losses.Count > 0 || step.Undo.Kind == UndoKind.None) is { } first
            ? new DangerousStep(url, draft.State.IsPooled, first.Id, migrations.Exists(step => step.Impact.Losses.Count > 0))
            : null;
    }

    public async Task DoAsync(Step step, CancellationToken cancel)
    {
        await MakeAsync(step, cancel);
        await steps.DoAsync(step, cancel);
    }

    /// <summary>What is done together ends before the step that the restore point is for.</summary>
    public int Together(IReadOnlyList<Step> all, int from)
    {
        var count = steps.Together(all, from);
        var before = made ? -1 : all.Skip(from + 1).Take(count - 1).ToList().FindIndex(step => step.Id == point.Step);
        return before < 0 ? count : before + 1;
    }

    public async Task<DoneTogether> DoTogetherAsync(IReadOnlyList<Step> group, CancellationToken cancel)
    {
        await MakeAsync(group[0], cancel);
        return await steps.DoTogetherAsync(group, cancel);
    }

    public Task UndoAsync(Step step, CancellationToken cancel) => steps.UndoAsync(step, cancel);

    private async Task MakeAsync(Step step, CancellationToken cancel)
    {
        if (made || step.Id != point.Step)
            return;
        await point.MakeAsync(run, cancel);
        made = true;
    }
}
