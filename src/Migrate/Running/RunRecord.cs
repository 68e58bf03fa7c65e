using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running;

/// <summary>Writes a run into the ledger; of a run over tenants each tenant's part is one entry, written at its end.</summary>
/// <param name="workspace">The ledger and the redactor.</param>
/// <param name="stamp">The run.</param>
/// <param name="locks">What was seen of the locks of each step; null where nothing runs.</param>
internal sealed class RunRecord(Workspace workspace, RunStamp stamp, LockJournal? locks = null)
{
    /// <summary>Entries that may wait to be written; bounds the memory when the disk is slower than the target.</summary>
    private const int MostWaiting = 256;

    /// <summary>What prove expected of the steps, by their ids.</summary>
    public IReadOnlyDictionary<string, JsonObject> Forecasts { get; init; } = new Dictionary<string, JsonObject>();

    private Task writing = Task.CompletedTask;
    private int waiting;
    private LockkeeperException? failure;

    /// <summary>The intent, before any effect.</summary>
    public Task StartedAsync(Plan plan, SchemaState? before, CancellationToken cancel) => stamp.Tenant is not null ? Task.CompletedTask : AppendAsync("run.started", new JsonObject
    {
        ["title"] = plan.Title,
        ["plan"] = plan.Hash,
        ["artifact"] = stamp.Artifact,
        ["fingerprint"] = before?.Fingerprint,
        ["steps"] = new JsonArray([.. plan.Steps.Select(step => JsonValue.Create(step.Words))]),
    }, cancel);

    /// <summary>Contracts that run whatever their gate says, and why.</summary>
    public async Task ContractAnywayAsync(IEnumerable<string> migrations, string reason, CancellationToken cancel)
    {
        var ids = migrations.ToList();
        if (ids.Count > 0)
            await AppendAsync("contract.anyway", new JsonObject { ["migrations"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]), ["reason"] = reason, ["tenant"] = stamp.Tenant }, cancel);
    }

    /// <summary>A step's end.</summary>
    /// <remarks>
    /// Written in order while the next steps run, and not waited for on the disk: the target's own history has it for sure, and 1,000 steps would cost
    /// 1,000 waits. An entry that cannot be written stops the run after the step that runs then.
    /// </remarks>
    public async Task StepAsync(StepResult result)
    {
        if (stamp.Tenant is not null)
        {
            failure ??= result.Error;
            return;
        }

        if (writing.IsFaulted || Volatile.Read(ref waiting) >= MostWaiting)
            await WrittenAsync();
        Interlocked.Increment(ref waiting);
        writing = WriteAsync(writing, result, locks?.Of(result.Step.Id));
    }

    private async Task WriteAsync(Task before, StepResult result, LockRecord? seen)
    {
        await Task.Yield();
        try
        {
            await before;
            await workspace.Ledger.AppendStepAsync(Fact($"step.{Words(result.State)}", Body(result, seen, Forecasts.GetValueOrDefault(result.Step.Id))), CancellationToken.None);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private static JsonObject Body(StepResult result, LockRecord? seen, JsonObject? forecast)
    {
        var body = new JsonObject
        {
            ["step"] = result.Step.Id,
            ["words"] = result.Step.Words,
            ["duration_ms"] = Math.Round(result.Duration.TotalMilliseconds, 1),
            ["error"] = result.Error is { } error ? $"{error.Code.Id}: {error.Message}" : null,
            ["at"] = result.Error?.At?.ToString(),
        };
        if (forecast is not null)
            body["forecast"] = forecast.DeepClone();
        if (seen is null)
            return body;
        if (seen.Words() is { } words)
            body["summary"] = $"{result.Step.Words}: {words}";
        body["locks"] = LockRecordBody.Of(seen);
        return body;
    }

    /// <summary>Waits for the entries so far. One that failed is told once: what comes after it is tried again.</summary>
    public Task WrittenAsync() => Interlocked.Exchange(ref writing, Task.CompletedTask);

    /// <summary>What a target has to say of the last step.</summary>
    public async Task NotesAsync(RunNotes notes)
    {
        foreach (var (kind, body) in notes.Take())
        {
            body["tenant"] = stamp.Tenant;
            await AppendAsync(kind, body, CancellationToken.None);
        }
    }

    /// <summary>A gate's end, with its output.</summary>
    public Task GateAsync(GateResult result) => AppendAsync(result.Passed ? "gate.passed" : "gate.failed", new JsonObject
    {
        ["tenant"] = stamp.Tenant,
        ["gate"] = result.Name,
        ["words"] = result.Words,
        ["duration_ms"] = Math.Round(result.Duration.TotalMilliseconds),
        ["output"] = result.Output,
    }, CancellationToken.None);

    /// <summary>What the watch over the target's health saw.</summary>
    public Task HealthAsync(HealthVerdict verdict) => AppendAsync(verdict.Passed ? "health.passed" : "health.failed", new JsonObject
    {
        ["words"] = verdict.Words,
        ["p95_before_ms"] = verdict.P95Before,
        ["p95_after_ms"] = verdict.P95After,
        ["most_waiting"] = verdict.MostWaiting,
        ["samples"] = verdict.Samples,
        ["source"] = verdict.Source,
    }, CancellationToken.None);

    /// <summary>The end.</summary>
    public Task FinishedAsync(string outcome, bool changed, SchemaState? after, IReadOnlyList<string> inPlace) => stamp.Tenant is { } tenant ? TenantAsync(tenant, outcome, after, inPlace) : AppendAsync(ApprovalRequest.FinishedKind, new JsonObject
    {
        ["outcome"] = outcome,
        ["changed"] = changed,
        ["artifact"] = stamp.Artifact,
        ["fingerprint"] = after?.Fingerprint,
        ["in_place"] = new JsonArray([.. inPlace.Select(id => JsonValue.Create(id))]),
    }, CancellationToken.None);

    /// <summary>The end of a tenant's part. Not waited for on the disk: the tenant's own history has it for sure, and the run's end is waited for.</summary>
    private async Task TenantAsync(string tenant, string outcome, SchemaState? after, IReadOnlyList<string> inPlace)
    {
        await Task.Yield();
        await workspace.Ledger.AppendStepAsync(Fact("tenant.finished", new JsonObject
        {
            ["tenant"] = tenant,
            ["outcome"] = outcome,
            ["artifact"] = stamp.Artifact,
            ["fingerprint"] = after?.Fingerprint,
            ["in_place"] = new JsonArray([.. inPlace.Select(id => JsonValue.Create(id))]),
            ["error"] = failure is { } error ? $"{error.Code.Id}: {error.Message}" : null,
            ["at"] = failure?.At?.ToString(),
        }), CancellationToken.None);
    }

    /// <summary>The end, when what was done must be reported even if the ledger cannot be written.</summary>
    /// <returns>Why it was not written, or null.</returns>
    public async Task<LockkeeperException?> TryFinishAsync(string outcome, bool changed, SchemaState? after, IReadOnlyList<string> inPlace)
    {
        try
        {
            await FinishedAsync(outcome, changed, after, inPlace);
            return null;
        }
        catch (LockkeeperException e)
        {
            return e;
        }
    }

    private async Task AppendAsync(string kind, JsonObject body, CancellationToken cancel)
    {
        await WrittenAsync();
        await workspace.Ledger.AppendAsync(Fact(kind, body), cancel);
    }

    private LedgerFact Fact(string kind, JsonObject body) => new(kind, stamp.Run, stamp.Environment, stamp.Series, stamp.Actor, workspace.Redactor.Redact(body.ToJsonString()));

    private static string Words(StepState state) => state switch
    {
        StepState.Done => "done",
        StepState.Failed => "failed",
        StepState.PartlyDone => "partly_done",
        StepState.Undone => "undone",
        StepState.UndoFailed => "undo_failed",
        StepState.Left => "left",
        StepState.Planned => "planned",
        _ => "not_reached",
    };
}
