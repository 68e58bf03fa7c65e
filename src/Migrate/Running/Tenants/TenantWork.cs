using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>What is done to each tenant: applying or rolling back.</summary>
/// <param name="Verb">In a title: <c>apply to</c>.</param>
/// <param name="IgnoresWindow">Whether it may run outside of the window.</param>
/// <param name="Outline">What would run in a tenant whose state is known.</param>
/// <param name="Run">Runs it in one tenant.</param>
/// <param name="IsDone">Whether a tenant has nothing to do.</param>
internal sealed record TenantWork(
    string Verb, bool IgnoresWindow, Func<DraftMaker, TargetState, CancellationToken, Task<Draft>> Outline, Func<ChosenTarget, Workspace, RunOptions, CancellationToken, Task<RunResult>> Run,
    Func<Draft, bool> IsDone)
{
    /// <summary>Applying what is pending.</summary>
    public static TenantWork Apply { get; } = new(
        "apply", IgnoresWindow: false, (drafts, state, cancel) => drafts.OutlineApplyAsync(state, cancel),
        (chosen, workspace, options, cancel) => new ApplyRun(chosen, workspace, options).RunAsync(cancel),
        draft => draft.Plan.Steps.Count == 0 && draft.ReleasePassed);

    /// <summary>Rolling back.</summary>
    public static TenantWork Rollback(Func<IReadOnlyList<HistoryRow>, IReadOnlyList<HistoryRow>> choose) => new(
        "roll back", IgnoresWindow: true, (drafts, state, cancel) => drafts.OutlineRollbackAsync(choose, state, cancel),
        (chosen, workspace, options, cancel) => new RollbackRun(chosen, workspace, options, choose).RunAsync(cancel),
        draft => draft.Plan.Steps.Count == 0);

    /// <summary>Whether it is rolling back.</summary>
    public bool IsRollback => IgnoresWindow;
}
