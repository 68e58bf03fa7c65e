using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Proof;

namespace Lockkeeper.Migrate.Running;

/// <summary>Applies what is pending in one database: plan, check, gate, apply, verify, record.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
internal sealed class ApplyRun(ChosenTarget chosen, Workspace workspace, RunOptions options)
{
    private readonly DraftMaker drafts = new(chosen, workspace, options.Holding, options.OnlyBegun);
    private readonly Admission admission = new(chosen, workspace);
    private readonly RunOpening opening = new(chosen, workspace, options, ignoreWindow: false);

    private IMigrationTarget Target => chosen.Target;

    private EnvironmentConfig Environment => chosen.Environment;

    /// <summary>Runs it.</summary>
    /// <exception cref="LockkeeperException">It was refused before anything was changed.</exception>
    public async Task<RunResult> RunAsync(CancellationToken cancel)
    {
        // A run over tenants has looked at all of them already, and made the tables.
        if (chosen.Tenant is null && await LookAsync(cancel) is { } ended)
            return ended;
        await using var held = await opening.LeaseAsync("applying to", cancel);
        var draft = await drafts.ApplyAsync(options.AcceptDrift, held.Token);
        if (IsNothingToDo(draft))
            return Result(null, draft, RunOutcome.NothingToDo, []);
        return await RealAsync(await opening.AdmitAsync(draft, held), await WithRestorePointAsync(draft, held.Token), held.Lease, held.Token);
    }

    /// <summary>The draft with what the backup policy asks for before its first dangerous step. A run over tenants has made it for all of them.</summary>
    private async Task<Draft> WithRestorePointAsync(Draft draft, CancellationToken cancel) =>
        chosen is { Tenant: null, Url: { } url } && RestorePointSteps.FirstDangerous(draft, url) is { } step
            ? draft with { RestorePoint = (await chosen.RestorePoints.PlanAsync(new DangerousRun(Environment.Name, chosen.Database.Name, [step]), workspace, cancel)).FirstOrDefault() }
            : draft;

    /// <summary>Looks before anything is touched; the result when there is nothing more to do.</summary>
    private async Task<RunResult?> LookAsync(CancellationToken cancel)
    {
        var draft = await drafts.ApplyAsync(options.AcceptDrift, cancel);
        // That there is none is told by the end of the run; a refused one has no other trace.
        if (draft.Drift.Count > 0 && chosen.Tenant is null)
            await DriftCheck.RecordAsync(workspace, DriftOf.Schema, Environment.Name, chosen.Database.Name, draft.Drift, cancel);
        if (options.DryRun)
            return await DryAsync(await WithRestorePointAsync(draft, cancel), cancel);
        if (draft.State.ReadOnlyReason is { } reason)
            throw new LockkeeperException(MigrateErrors.ReadOnlyTarget, $"{Target.Name} takes no changes: {reason}", "Point the target at the primary, or lift default_transaction_read_only.");
        if (IsNothingToDo(draft))
            return Result(null, draft, RunOutcome.NothingToDo, []);
        if (await admission.NotAdoptedAsync(draft, cancel) is { } refusal)
            throw refusal;
        await opening.PrepareAsync(draft, cancel);
        return null;
    }

    private static bool IsNothingToDo(Draft draft) => draft.Comparison.NotBegun is { } others ? draft.Plan.Steps.Count == 0 && !(others == 0 && IsWithoutItsGates(draft)) : IsAllDone(draft);

    /// <summary>Whether a run died while its gates ran.</summary>
    private static bool IsWithoutItsGates(Draft draft) => draft.State.Release is { Outcome: ReleaseOutcome.Applied } release && release.Artifact == draft.Series.Artifact;

    private static bool IsAllDone(Draft draft) => draft.Plan.Steps.Count == 0 && draft.ReleasePassed && draft.Drift.Count == 0 && !draft.Takeover.IsNeeded;

    private async Task<RunResult> DryAsync(Draft draft, CancellationToken cancel)
    {
        draft = await ProofRecord.MarkAsync(draft, workspace.Ledger, cancel);
        var refusals = (await admission.RefusalsAsync(draft, options, cancel)).ToList();
        if (await admission.NotAdoptedAsync(draft, cancel) is { } notAdopted)
            refusals.Insert(0, notAdopted);
        var walked = await new PlanRunner(new NoSteps(), _ => Task.CompletedTask, workspace.Clock).RunAsync(draft.Plan, RunMode.Dry, undoOnFailure: false, cancel);
        return Result(null, draft, RunOutcome.Planned, walked.Steps) with
        {
            Error = refusals.Count == 0 ? null : new LockkeeperException(refusals[0].Code, refusals[0].Message, refusals[0].Hint) { Facts = refusals[0].Facts, Others = [.. refusals.Skip(1)] },
        };
    }

    private async Task<RunResult> RealAsync(string run, Draft draft, ITargetLease lease, CancellationToken cancel)
    {
        var stamp = chosen.Stamp(run, workspace.Actor, draft.Series.Artifact);
        var record = new RunRecord(workspace, stamp, Target.Locks)
        {
            // A tenant's part is one entry, and forecasts are made of whole targets.
            Forecasts = chosen.Tenant is null ? await StepForecasts.ReadAsync(workspace.Ledger, Environment.Name, draft, cancel) : new Dictionary<string, JsonObject>(),
        };
        await record.StartedAsync(draft.Plan, draft.Schema, cancel);
        if (options.ContractAnyway is { } reason)
            await record.ContractAnywayAsync(draft.Comparison.Pending.Where(migration => migration.Up.ContractOf.Count > 0).Select(migration => migration.Id), reason, cancel);
        await using var health = await StartHealthAsync(draft, cancel);
        var watched = new WatchedDeploy(chosen, run, workspace);
        if (draft.Migrations.Count > 0)
            await watched.BeginAsync(cancel);

        IStepExecutor steps = new ApplySteps(Target, draft.Migrations, stamp, lease, workspace.Progress);
        if (draft.RestorePoint is { } point)
            steps = new RestorePointSteps(steps, point, run);
        var runner = new PlanRunner(steps, SayAndRecord(record), workspace.Clock);
        var applied = await runner.RunAsync(draft.Plan, RunMode.Real, undoOnFailure: Environment.OnFailure == OnFailure.Rollback, cancel);
        workspace.Progress.Now(null);
        var results = applied.Steps.ToArray();
        await watched.EndAsync(draft, results, cancel);
        if (applied.Error is { } error)
            return await FailAsync(run, draft, stamp, record, results, lease, error, [], null);

        var passed = await PassAsync(draft, stamp, record, health, lease, cancel);
        if (passed.Failure is { } failure)
        {
            if (Environment.OnFailure == OnFailure.Rollback)
                await runner.UndoAsync(results, CancellationToken.None);
            return await FailAsync(run, draft, stamp, record, results, lease, failure, passed.Gates, passed.Health);
        }

        var unwritten = await record.TryFinishAsync("done", results.Length > 0, passed.Schema, [.. results.Select(step => step.Step.Id)]);
        return Result(run, draft, unwritten is null ? RunOutcome.Done : RunOutcome.PartlyApplied, results) with
        {
            Gates = passed.Gates, Health = passed.Health, Before = draft.Schema, After = passed.Schema, Error = unwritten,
        };
    }

    private async Task<HealthWatch?> StartHealthAsync(Draft draft, CancellationToken cancel)
    {
        if (Environment.Health is not { } limits || draft.Migrations.Count == 0 || draft.Comparison.NotBegun > 0)
            return null;
        var watch = new HealthWatch(limits, await Target.ProbeHealthAsync(cancel), workspace.Clock);
        await watch.LookBeforeAsync(workspace.Progress, cancel);
        return watch;
    }

    private StepListener SayAndRecord(RunRecord record) => async result =>
    {
        var words = result.State switch
        {
            StepState.Done => result.Step.Words.Replace("apply ", "applied ", StringComparison.Ordinal),
            StepState.Undone => $"rolled back {result.Step.Id}",
            _ => $"{result.Step.Words}: {result.State.ToString().ToLowerInvariant()}",
        };
        // A line a step of each of a thousand tenants would help nobody.
        if (chosen.Tenant is null)
            workspace.Progress.Say($"{words} ({Durations.Words(result.Duration)})");
        await record.StepAsync(result);
        await record.NotesAsync(Target.Notes);
    };

    /// <summary>What comes after the last step: record the schema, run the gates, watch the health, record that the release passed.</summary>
    private async Task<Passed> PassAsync(Draft draft, RunStamp stamp, RunRecord record, HealthWatch? health, ITargetLease lease, CancellationToken cancel)
    {
        var passed = new Passed(null, [], null, null);
        try
        {
            await record.WrittenAsync();
            passed = passed with { Schema = await Target.ReadSchemaAsync(cancel) };
            if (draft.Comparison.NotBegun > 0)
            {
                // The release is not in place yet: only the schema is known.
                await Target.RecordReleaseAsync(stamp, null, passed.Schema, lease, cancel);
                return passed;
            }

            var checks = Environment.Gates.Count > 0 || health is not null;
            await Target.RecordReleaseAsync(stamp, checks ? ReleaseOutcome.Applied : ReleaseOutcome.Passed, passed.Schema, lease, cancel);
            if (!checks)
                return passed;
            foreach (var gate in Environment.Gates)
            {
                var result = await CommandGate.RunAsync(gate, GateVariables(stamp), workspace, cancel);
                passed = passed with { Gates = [.. passed.Gates, result] };
                await record.GateAsync(result);
                if (!result.Passed)
                    return passed with { Failure = GateFailure(result) };
            }

            if (health is not null)
            {
                var verdict = await health.WatchAsync(workspace.Progress, cancel);
                passed = passed with { Health = verdict };
                await record.HealthAsync(verdict);
                if (!verdict.Passed)
                    return passed with { Failure = new LockkeeperException(MigrateErrors.HealthLimit, verdict.Words, "Look at what the database does; the release is not promoted from here.") };
            }

            await Target.RecordReleaseAsync(stamp, ReleaseOutcome.Passed, null, lease, cancel);
            return passed;
        }
        catch (OperationCanceledException)
        {
            return passed with { Failure = new LockkeeperException(KernelErrors.Cancelled, "cancelled before the release had passed its gates", "Run the same command again: the gates run anew.") };
        }
        catch (LockkeeperException e)
        {
            return passed with { Failure = e };
        }
    }

    private Dictionary<string, string?> GateVariables(RunStamp stamp) => new(Target.ClientVariables)
    {
        ["LK_ENVIRONMENT"] = stamp.Environment,
        ["LK_DATABASE"] = stamp.Series,
        ["LK_TENANT"] = stamp.Tenant,
        ["LK_RUN"] = stamp.Run,
        ["LK_ARTIFACT"] = stamp.Artifact,
    };

    private static LockkeeperException GateFailure(GateResult gate) => new(KernelErrors.GateFailed, $"gate '{gate.Name}' did not pass: {gate.Words}", "Read its output, correct the release, and run the command again.")
    {
        Facts = [new ErrorFact("OUTPUT", gate.Output)],
    };

    /// <summary>Records what is in place now and holds the schema after a rollback against the one before the run.</summary>
    private async Task<RunResult> FailAsync(
        string run, Draft draft, RunStamp stamp, RunRecord record, StepResult[] steps, ITargetLease lease, LockkeeperException failure, IReadOnlyList<GateResult> gates, HealthVerdict? health)
    {
        var error = LostLease.Explain(lease, Target.Name, failure);
        var ended = new PlanResult(steps, error);
        var undone = steps.Any(step => step.State == StepState.Undone);
        SchemaState? after = null;
        IReadOnlyList<string> leftOver = [];
        try
        {
            // Nothing that comes after a failure may hide it: a target that is gone now is read again by the next run.
            after = await Target.ReadSchemaAsync(CancellationToken.None);
            if (undone && !ended.LeftTraces && draft.Schema is { } before && before.Fingerprint != after.Fingerprint)
                leftOver = Target.Differences(before.Bytes, after);
            // What an interrupted run had left may be gone now: a failed verify script takes it back.
            var anything = undone || ended.LeftTraces || draft.State.Interrupted.Count > 0;
            if (anything || draft.Migrations.Count == 0)
                await Target.RecordReleaseAsync(stamp, undone && !ended.LeftTraces ? ReleaseOutcome.RolledBack : ReleaseOutcome.Failed, anything ? after : null, lease, CancellationToken.None);
        }
        catch (LockkeeperException e)
        {
            workspace.Progress.Say($"the state after the failure could not be recorded: {e.Message}");
        }

        var inPlace = steps.Where(step => step.State is StepState.Done or StepState.PartlyDone or StepState.UndoFailed).Select(step => step.Step.Id).ToList();
        if (await record.TryFinishAsync(ended.LeftTraces ? "partly_applied" : undone ? "rolled_back" : "failed", ended.LeftTraces || undone, after, inPlace) is { } unwritten && unwritten.Code != error.Code)
            workspace.Progress.Say($"the end of the run could not be written to the ledger: {unwritten.Message}");
        return Result(run, draft, ended.LeftTraces ? RunOutcome.PartlyApplied : RunOutcome.Failed, steps) with
        {
            Gates = gates, Health = health, Before = draft.Schema, After = after, LeftOver = leftOver, Error = error,
        };
    }

    private RunResult Result(string? run, Draft draft, RunOutcome outcome, IReadOnlyList<StepResult> steps) =>
        new() { Run = run, TargetName = Target.Name, Draft = draft, Outcome = outcome, Steps = steps, Locks = Target.Locks };

    /// <summary>How far a release got after its last step.</summary>
    private sealed record Passed(SchemaState? Schema, IReadOnlyList<GateResult> Gates, HealthVerdict? Health, LockkeeperException? Failure);

    /// <summary>A dry run carries nothing out.</summary>
    private sealed class NoSteps : IStepExecutor
    {
        public Task DoAsync(Step step, CancellationToken cancel) => throw new InvalidOperationException("a dry run carries nothing out");

        public Task UndoAsync(Step step, CancellationToken cancel) => throw new InvalidOperationException("a dry run carries nothing out");
    }
}
