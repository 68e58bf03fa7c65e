using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Differences;

namespace Lockkeeper.Provision.Running;

/// <summary>Lets a plan through or refuses it, before anything is changed: losses, the window and the approvals of the cluster's environment.</summary>
internal sealed class ProvisionAdmission(ClusterConfig cluster, Workspace workspace)
{
    private const int MostShown = 30;

    private EnvironmentConfig? Environment => cluster.Environment is { } name ? workspace.Config.Environments.Single(one => one.Name == name.Value) : null;

    /// <summary>Why the plan would be refused now; null when it would not.</summary>
    public async Task<LockkeeperException?> RefusalAsync(Plan plan, Comparison comparison, bool yes, CancellationToken cancel)
    {
        var approvals = Environment?.Approvals;
        if (Losses(comparison, yes || approvals is not null) is { } losses)
            return losses;
        if (Window() is { } closed)
            return closed;
        return approvals is not null && await FindAsync(plan, cancel) is not { IsApproved: true } ? new LockkeeperException(KernelErrors.ApprovalNeeded, $"the run needs {Needed(approvals)}", "The real run asks for it and prints the run's id.") : null;
    }

    /// <summary>Passes when the plan may run.</summary>
    /// <returns>The run id of the approval, or a new one.</returns>
    public async Task<string> AdmitAsync(Plan plan, Comparison comparison, bool yes, CancellationToken cancel)
    {
        var approvals = Environment?.Approvals;
        if ((Losses(comparison, yes || approvals is not null) ?? Window()) is { } refusal)
            throw refusal;
        if (approvals is null)
            return RunId.New(workspace.Clock);
        var request = await FindAsync(plan, cancel);
        if (request is { IsApproved: true })
            return request.Run;
        var run = request?.Run ?? RunId.New(workspace.Clock);
        if (request is null)
            await workspace.Ledger.AppendAsync(ApprovalRequest.Ask(run, Environment!.Name, cluster.Name, workspace.Actor, plan.Hash, approvals, plan.Steps.Select(step => step.Words)), cancel);
        throw new LockkeeperException(
            KernelErrors.ApprovalNeeded, $"run {run} on {cluster.Name} waits for {Needed(approvals)}{(request is { Approvers.Count: > 0 } ? $", {request.Approvers.Count} given" : "")}",
            $"Somebody else runs 'lk approve {run}'; then run this command again.");
    }

    /// <summary>The refusal of losses that came up in a later pass and that nobody has agreed to; null for none.</summary>
    public LockkeeperException? NewLosses(Comparison before, Comparison now, bool yes)
    {
        var known = before.Corrected.SelectMany(one => one.Losses).ToHashSet(StringComparer.Ordinal);
        return yes || now.Corrected.SelectMany(one => one.Losses).All(known.Contains) ? null : Losses(now, yes: false);
    }

    private static LockkeeperException? Losses(Comparison comparison, bool yes)
    {
        var losses = comparison.Corrected.SelectMany(difference => difference.Losses).ToList();
        if (losses.Count == 0 || yes)
            return null;
        return new LockkeeperException(KernelErrors.NeedsConfirmation, $"the run takes something away in {losses.Count} {(losses.Count == 1 ? "place" : "places")}", "Run it with --yes when that is what you want.")
        {
            Facts = [.. losses.Take(MostShown).Select(loss => new ErrorFact("LOST", loss)), .. losses.Count > MostShown ? [new ErrorFact("LOST", $"… and {losses.Count - MostShown} more")] : Array.Empty<ErrorFact>()],
        };
    }

    private LockkeeperException? Window()
    {
        if (Environment?.Window is not { } window)
            return null;
        var answer = WindowCheck.At(window, workspace.Clock.GetUtcNow());
        return answer.IsOpen ? null : new LockkeeperException(
            KernelErrors.WindowClosed, $"the window of {Environment.Name} is closed", answer.OpensAt is { } opens ? $"It opens {opens:ddd yyyy-MM-dd HH:mm} {window.Zone}." : "It never opens: look at window of the environment in lockkeeper.yaml.");
    }

    private async Task<ApprovalRequest?> FindAsync(Plan plan, CancellationToken cancel)
    {
        var requests = await ApprovalRequest.ReadAsync(workspace.Ledger, new LedgerFilter { Environment = Environment!.Name }, cancel);
        return requests.LastOrDefault(request => request.Plan == plan.Hash && request.Database == cluster.Name && !request.Used);
    }

    private static string Needed(ApprovalConfig approvals) =>
        $"{approvals.Required} {(approvals.Required == 1 ? "approval" : "approvals")}{(approvals.Groups.Count > 0 ? $" of {string.Join(" or ", approvals.Groups)}" : "")}";
}
