using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running;

/// <summary>The readings around one deploy. Taking them is never a reason for a deploy to fail.</summary>
/// <param name="chosen">The target.</param>
/// <param name="run">The run's id.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class WatchedDeploy(ChosenTarget chosen, string run, Workspace workspace)
{
    /// <summary>The text of a script that is larger than this is data.</summary>
    private const int MostCharacters = 1_000_000;

    private bool isWatched;

    /// <summary>Before the first step. Tenants are not watched: their numbers would stand in each of a thousand schemas.</summary>
    public Task BeginAsync(CancellationToken cancel) => GuardedAsync(async facts => isWatched = await chosen.DeployWatch.BeforeAsync(facts, workspace, cancel), cancel);

    /// <summary>After the last step.</summary>
    public async Task EndAsync(Draft draft, IReadOnlyList<StepResult> steps, CancellationToken cancel)
    {
        if (!isWatched)
            return;
        var scripts = steps.Where(step => step.State == StepState.Done && draft.Migrations.ContainsKey(step.Step.Id)).Select(step => draft.Migrations[step.Step.Id].Up)
            .Where(script => script.Source.Large is null && script.Text.Length <= MostCharacters).Select(script => new DeployedScript(script.Source.File, script.Source.FirstLine, script.Text)).ToList();
        await GuardedAsync(facts => chosen.DeployWatch.AfterAsync(facts, scripts, workspace, cancel), cancel);
    }

    private async Task GuardedAsync(Func<DeployFacts, Task> work, CancellationToken cancel)
    {
        if (chosen.Tenant is not null || chosen.Environment.Targets.GetValueOrDefault(chosen.Database.Name)?.Url is not { } url)
            return;
        try
        {
            await work(new DeployFacts(run, chosen.Database.Engine, url.Text));
        }
        catch (LockkeeperException e) when (!cancel.IsCancellationRequested)
        {
            isWatched = false;
            workspace.Progress.Say($"what statements cost is not noted around this deploy: {e.Message}");
        }
    }
}
