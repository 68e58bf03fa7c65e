using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;

namespace Lockkeeper.Provision.Running;

/// <summary>How a run was asked for.</summary>
/// <param name="DryRun">Show, and change nothing.</param>
/// <param name="Yes">Whether losses are confirmed.</param>
/// <param name="LeaseWait">How long to wait for another runner.</param>
internal sealed record ProvisionOptions(bool DryRun, bool Yes, TimeSpan LeaseWait);

/// <summary>What became of a cluster.</summary>
/// <param name="Cluster">Its declaration.</param>
/// <param name="Target">Where it is.</param>
/// <param name="Before">What differed before.</param>
internal sealed record ProvisionResult(ClusterConfig Cluster, string Target, Comparison Before)
{
    /// <summary>The run's id; null for a dry run.</summary>
    public string? Run { get; init; }

    /// <summary>What was done, in order, over all passes.</summary>
    public IReadOnlyList<StepResult> Steps { get; init; } = [];

    /// <summary>What is left afterwards; null when nobody looked.</summary>
    public Comparison? After { get; init; }

    /// <summary>Why it stopped; null when it did not.</summary>
    public LockkeeperException? Error { get; init; }
}

/// <summary>
/// Makes a cluster as declared: compare, admit, correct, and compare again until nothing is left. Nothing is kept between runs but what the cluster itself says, so a run
/// that was killed is gone on with by the next.
/// </summary>
internal sealed class ProvisionRun(ClusterConfig cluster, IClusterTarget target, Workspace workspace, ProvisionOptions options)
{
    /// <summary>What a correction brings with it is corrected too: the objects of a new extension get their grants in the second pass, what a CASCADE has taken with it in the third. An instance that could not be compared before it ran takes one more, and a restart another.</summary>
    private const int MostPasses = 6;

    private readonly ProvisionAdmission admission = new(cluster, workspace);

    public async Task<ProvisionResult> RunAsync(CancellationToken cancel)
    {
        var before = await target.CompareAsync(workspace.Progress, cancel);
        var result = new ProvisionResult(cluster, target.Name, before);
        var plan = PlanOf(before);
        if (options.DryRun || plan.Steps.Count == 0)
            return result with { Error = options.DryRun && plan.Steps.Count > 0 ? await admission.RefusalAsync(plan, before, options.Yes, cancel) : null };
        var run = await admission.AdmitAsync(plan, before, options.Yes, cancel);
        await using var lease = await target.TakeLeaseAsync($"{workspace.Actor}, provisioning {cluster.Name}", options.LeaseWait, workspace.Progress, cancel);
        // Under the lease it is looked at again: another runner may have been at work meanwhile.
        before = await target.CompareAsync(workspace.Progress, cancel);
        if (PlanOf(before) is var again && again.Hash != plan.Hash)
        {
            if (again.Steps.Count == 0)
                return result with { Before = before };
            run = await admission.AdmitAsync(again, before, options.Yes, cancel);
        }

        return await CorrectAsync(result with { Before = before, Run = run }, lease, again, cancel);
    }

    private async Task<ProvisionResult> CorrectAsync(ProvisionResult result, IClusterLease lease, Plan plan, CancellationToken cancel)
    {
        var record = new ProvisionRecord(workspace, result.Run!, cluster);
        await record.StartedAsync(plan, cancel);
        var steps = new List<StepResult>();
        var (comparison, error) = (result.Before, (LockkeeperException?)null);
        for (var pass = 1; pass <= MostPasses && plan.Steps.Count > 0 && error is null; pass++)
        {
            var done = await new PlanRunner(new DifferenceExecutor(lease, comparison.Corrected, workspace.Progress), record.StepAsync, workspace.Clock).RunAsync(plan, RunMode.Real, undoOnFailure: false, cancel);
            steps.AddRange(done.Steps);
            error = done.Error;
            if (error is not null)
                break;
            comparison = await target.CompareAsync(workspace.Progress, cancel);
            plan = PlanOf(comparison);
            // What was not agreed to does not come in by a later pass.
            error = admission.NewLosses(result.Before, comparison, options.Yes);
        }

        if (error is null && plan.Steps.Count > 0)
            error = new LockkeeperException(ProvisionErrors.NotConverged, $"{cluster.Name} is still not as declared: {comparison.Corrected[0].Words}{(plan.Steps.Count > 1 ? $", and {plan.Steps.Count - 1} more" : "")}", "Something changes it back, such as an event trigger or another tool: compare with 'lk provision plan'.");
        var changed = steps.Any(step => step.State is StepState.Done or StepState.PartlyDone);
        await record.FinishedAsync(error is null ? "done" : "failed", changed, comparison);
        return result with { Steps = steps, After = error is null ? comparison : null, Error = error };
    }

    private Plan PlanOf(Comparison comparison) => new(
        $"make {cluster.Name} as declared", cluster.Environment?.Value ?? "", cluster.Name,
        [.. comparison.Corrected.Select((difference, index) => new Step(
            (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), difference.Words,
            ScriptOf(difference.Remedy!), Undo.None, new Impact(RiskOf(difference), [], difference.Losses)))]);

    private static string ScriptOf(Remedy remedy) => remedy.Act is null ? string.Join(";\n", remedy.Shown) + ";" : string.Join('\n', remedy.Shown);

    private static Risk RiskOf(Difference difference) => difference.Losses.Count > 0 || difference.Cost == Cost.Restart ? Risk.High : difference.Cost == Cost.Lock ? Risk.Medium : Risk.Low;
}

/// <summary>Corrects the differences that the steps of a plan stand for.</summary>
internal sealed class DifferenceExecutor(IClusterLease lease, IReadOnlyList<Difference> differences, IProgressSink progress) : IStepExecutor
{
    public async Task DoAsync(Step step, CancellationToken cancel)
    {
        var number = int.Parse(step.Id, System.Globalization.CultureInfo.InvariantCulture);
        progress.Now(step.Words, number, differences.Count);
        await lease.CorrectAsync(differences[number - 1], cancel);
    }

    // No step has an undo, so the runner asks for none: the way back is the declaration of before.
    public Task UndoAsync(Step step, CancellationToken cancel) => throw new NotSupportedException();
}
