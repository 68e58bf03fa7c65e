using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>What became of the histories of all tenants.</summary>
/// <param name="Tenants">What was (or would be) changed in each, in words.</param>
/// <param name="Run">The run that wrote; null when nothing was written.</param>
internal sealed record TenantEdits(IReadOnlyList<Swept<IReadOnlyList<string>>> Tenants, string? Run);

/// <summary>Edits the histories of all tenants: looks at all of them, asks for approval once, then writes tenant by tenant. When one cannot be looked at, none is changed.</summary>
/// <param name="set">The tenants.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
/// <param name="parallel">How many at a time.</param>
/// <param name="what">What is done: <c>repair</c> or <c>baseline</c>.</param>
/// <param name="decide">Decides on the edits of a tenant.</param>
internal sealed class TenantHistoryRun(TenantSet set, Workspace workspace, RunOptions options, int parallel, string what, HistoryDecision decide)
{
    /// <summary>Runs it.</summary>
    public async Task<TenantEdits> RunAsync(CancellationToken cancel)
    {
        var sweep = new TenantSweep(set, workspace, parallel);
        var drafts = await sweep.RunAsync(set.Environment, (chosen, quiet, stop) => new HistoryRun(chosen, quiet, options, what, decide).DraftAsync(stop), cancel);
        var planned = drafts.Select(draft => new Swept<IReadOnlyList<string>>(draft.Tenant, draft.Result?.Words, draft.Error)).ToList();
        var waiting = drafts.Where(draft => draft.Result is { Edits.Count: > 0 }).ToList();
        if (options.DryRun || waiting.Count == 0 || drafts.Any(draft => draft.Error is not null))
            return new TenantEdits(planned, null);

        var together = Together([.. waiting.Select(draft => draft.Result!.Draft)]);
        var run = await AdmitAsync(together, cancel);
        await RecordAsync("run.started", run, together, waiting.Count, null, cancel);
        if (set.Schemas is { } server)
            await server.PrepareAsync([.. waiting.Select(draft => draft.Tenant.Schema)], cancel);
        // The approval is for all tenants together.
        var each = options with { Run = run };
        var changed = await sweep.RunAsync(set.Environment with { Approvals = null }, (chosen, quiet, stop) => new HistoryRun(chosen, quiet, each, what, decide).RunAsync(stop), cancel);
        await RecordAsync(ApprovalRequest.FinishedKind, run, together, waiting.Count, changed.All(tenant => tenant.Error is null) ? "done" : "partly_applied", CancellationToken.None);
        return new TenantEdits(changed, run);
    }

    private Draft Together(IReadOnlyList<Draft> drafts) => drafts[0] with
    {
        Plan = new Plan(
            $"{what} the histories of {set.Database.Name} in the tenants of {set.Environment.Name}", set.Environment.Name, set.Database.Name,
            [.. drafts.SelectMany(draft => draft.Plan.Steps).DistinctBy(step => (step.Id, step.Script))]),
    };

    private async Task<string> AdmitAsync(Draft together, CancellationToken cancel)
    {
        await using var lane = set.OpenLane();
        await using var chosen = new ChosenTarget(set.Environment, set.Database, lane.Target(set.Tenants[0])) { Tenant = set.Tenants[0] };
        return await new Admission(chosen, workspace).AdmitAsync(together, options, ignoreWindow: true, cancel);
    }

    private Task RecordAsync(string kind, string run, Draft together, int waiting, string? outcome, CancellationToken cancel)
    {
        var body = new JsonObject { ["title"] = together.Plan.Title, ["plan"] = together.Plan.Hash, ["artifact"] = together.Series.Artifact, ["tenants"] = set.Tenants.Count, ["waiting"] = waiting };
        if (outcome is null)
            body["steps"] = new JsonArray([.. together.Plan.Steps.Select(step => JsonValue.Create(step.Words))]);
        else
            (body["outcome"], body["changed"]) = (outcome, true);
        return workspace.Ledger.AppendAsync(new LedgerFact(kind, run, set.Environment.Name, set.Database.Name, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString())), cancel);
    }
}
