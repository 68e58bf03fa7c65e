using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Differences;

namespace Lockkeeper.Provision.Running;

/// <summary>Writes a run into the ledger.</summary>
internal sealed class ProvisionRecord(Workspace workspace, string run, ClusterConfig cluster)
{
    /// <summary>The intent, before any effect.</summary>
    public Task StartedAsync(Plan plan, CancellationToken cancel) => workspace.Ledger.AppendAsync(Fact("run.started", new JsonObject
    {
        ["title"] = plan.Title,
        ["plan"] = plan.Hash,
        ["declaration"] = cluster.File,
        ["steps"] = new JsonArray([.. plan.Steps.Select(step => JsonValue.Create(step.Words))]),
    }), cancel);

    /// <summary>A step's end. The cluster itself shows what is in place, so the disk is not waited for.</summary>
    public Task StepAsync(StepResult result) => workspace.Ledger.AppendStepAsync(Fact(result.State == StepState.Done ? "step.done" : result.State == StepState.PartlyDone ? "step.partly_done" : "step.failed", new JsonObject
    {
        ["step"] = result.Step.Id,
        ["words"] = result.Step.Words,
        ["script"] = result.Step.Script,
        ["losses"] = new JsonArray([.. result.Step.Impact.Losses.Select(loss => JsonValue.Create(loss))]),
        ["duration_ms"] = Math.Round(result.Duration.TotalMilliseconds, 1),
        ["error"] = result.Error is { } error ? $"{error.Code.Id}: {error.Message}" : null,
    }), CancellationToken.None);

    /// <summary>The end, with what is still different.</summary>
    public Task FinishedAsync(string outcome, bool changed, Comparison after) => workspace.Ledger.AppendAsync(Fact(ApprovalRequest.FinishedKind, new JsonObject
    {
        ["outcome"] = outcome,
        ["changed"] = changed,
        ["left"] = new JsonArray([.. after.All.Select(difference => JsonValue.Create(difference.Words))]),
    }), CancellationToken.None);

    private LedgerFact Fact(string kind, JsonObject body) => new(kind, run, cluster.Environment?.Value, cluster.Name, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString()));
}
