using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Gates;

/// <summary>What an environment asks of every plan, whatever it changes: an open window, and the approvals of others.</summary>
/// <param name="environment">The environment.</param>
/// <param name="subject">What is changed, as approvals name it: a database or a cluster.</param>
/// <param name="workspace">The surroundings.</param>
public sealed class EnvironmentAdmission(EnvironmentConfig environment, string subject, Workspace workspace)
{
    /// <summary>The refusal of a closed window; null for an open one, and for none.</summary>
    public LockkeeperException? Window()
    {
        if (environment.Window is not { } window)
            return null;
        var answer = WindowCheck.At(window, workspace.Clock.GetUtcNow());
        return answer.IsOpen ? null : new LockkeeperException(
            KernelErrors.WindowClosed, $"the window of {environment.Name} is closed", answer.OpensAt is { } opens ? $"It opens {opens:ddd yyyy-MM-dd HH:mm} {window.Zone}." : "It never opens: look at window of the environment in lockkeeper.yaml.");
    }

    /// <summary>The refusal of a plan that nobody has approved yet; null when it is approved, or needs no approval. The approval is not asked for.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancel">Stops reading the ledger.</param>
    public async Task<LockkeeperException?> NotApprovedAsync(Plan plan, CancellationToken cancel) =>
        environment.Approvals is { } approvals && await FindAsync(plan, cancel) is not { IsApproved: true }
            ? new LockkeeperException(KernelErrors.ApprovalNeeded, $"the run needs {Needed(approvals)}", "The real run asks for it and prints the run's id.")
            : null;

    /// <summary>Passes when the plan is approved, and asks for the approval when nobody has yet.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="approvals">What is needed.</param>
    /// <param name="place">What the run is on, for people.</param>
    /// <param name="cancel">Stops reading and writing the ledger.</param>
    /// <returns>The run that was approved.</returns>
    /// <exception cref="LockkeeperException"><see cref="KernelErrors.ApprovalNeeded"/>.</exception>
    public async Task<string> ApprovedRunAsync(Plan plan, ApprovalConfig approvals, string place, CancellationToken cancel)
    {
        var request = await FindAsync(plan, cancel);
        if (request is { IsApproved: true })
            return request.Run;
        var run = request?.Run ?? RunId.New(workspace.Clock);
        if (request is null)
            await workspace.Ledger.AppendAsync(ApprovalRequest.Ask(run, environment.Name, subject, workspace.Actor, plan.Hash, approvals, plan.Steps.Select(step => step.Words)), cancel);
        throw new LockkeeperException(
            KernelErrors.ApprovalNeeded, $"run {run} on {place} waits for {Needed(approvals)}{(request is { Approvers.Count: > 0 } ? $", {request.Approvers.Count} given" : "")}",
            $"Somebody else runs 'lk approve {run}'; then run this command again.");
    }

    private async Task<ApprovalRequest?> FindAsync(Plan plan, CancellationToken cancel)
    {
        var requests = await ApprovalRequest.ReadAsync(workspace.Ledger, new LedgerFilter { Environment = environment.Name }, cancel);
        return requests.LastOrDefault(request => request.Plan == plan.Hash && request.Database == subject && !request.Used);
    }

    private static string Needed(ApprovalConfig approvals) =>
        $"{approvals.Required} {(approvals.Required == 1 ? "approval" : "approvals")}{(approvals.Groups.Count > 0 ? $" of {string.Join(" or ", approvals.Groups)}" : "")}";
}
