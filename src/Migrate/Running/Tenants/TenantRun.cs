using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>How a run over tenants was asked for, beside what the configuration says.</summary>
/// <param name="Parallel">How many at a time; null for the configuration's number.</param>
/// <param name="MaxFailures">How many may fail; null for the configuration's.</param>
internal sealed record TenantOptions(int? Parallel, FailureBudget? MaxFailures);

/// <summary>Applies to or rolls back all tenants of a database: look at all, admit once, the canaries, then the others.</summary>
/// <param name="set">The tenants.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
/// <param name="tenantOptions">How many at a time, how many may fail.</param>
/// <param name="work">What is done to each.</param>
internal sealed class TenantRun(TenantSet set, Workspace workspace, RunOptions options, TenantOptions tenantOptions, TenantWork work)
{
    private readonly ParsedRelease release = new(SeriesReader.Read(set.Database, workspace.ProjectFolder));
    private readonly TenantRestorePoints points = new(set, workspace, isAsked: !work.IsRollback);

    /// <summary>Tenants that the plan has found to be another tool's.</summary>
    private IReadOnlyDictionary<Tenant, LockkeeperException> refused = new Dictionary<Tenant, LockkeeperException>();

    private int Parallel => tenantOptions.Parallel ?? set.Config.Parallel;

    /// <summary>Runs it.</summary>
    /// <exception cref="LockkeeperException">It was refused before anything was changed.</exception>
    public async Task<TenantsResult> RunAsync(CancellationToken cancel)
    {
        var started = workspace.Clock.GetTimestamp();
        var canaries = Canaries();
        workspace.Progress.Now($"looking at {set.Tenants.Count} tenants");
        var plan = await PlanAsync(cancel);
        workspace.Progress.Now(null);
        var waiting = plan.Waiting.ToHashSet();
        var most = (tenantOptions.MaxFailures ?? set.Config.MaxFailures).Of(waiting.Count + plan.Lost.Count);
        var result = new TenantsResult { Database = set.Database, Series = release.Series, Plan = plan, Canaries = canaries, Parallel = Parallel, MostFailures = most, IsDryRun = options.DryRun, IsRollback = work.IsRollback };
        if (options.DryRun)
            return result with { Refusals = await RefusalsAsync(plan, cancel), RestorePoints = await points.PlanAsync(plan, cancel) };
        var known = plan.Finished.Select(tenant => new TenantResult(tenant, TenantOutcome.UpToDate))
            .Concat(plan.Lost.Select(lost => new TenantResult(lost.Tenant, TenantOutcome.Failed) { Error = lost.Error })).ToList();
        if (waiting.Count == 0)
            return result with { Tenants = InOrder(known) };
        if (plan.Lost.Count > most)
            return result with { Tenants = InOrder(known), StoppedBecause = "not all of them could be looked at" };

        var run = await AdmitAsync(plan, cancel);
        var planned = await points.PlanAsync(plan, cancel);
        await RecordAsync("run.started", run, plan, null, cancel);
        var (made, failure) = await points.MakeAsync(planned, run, cancel);
        result = result with { Run = run, RestorePoints = made, EndedBefore = failure };
        if (failure is not null)
            return await EndAsync(result with { Tenants = InOrder(known), StoppedBecause = failure.Message, Duration = workspace.Clock.GetElapsedTime(started) });
        if (set.Schemas is { } server)
            await server.PrepareAsync([.. waiting.Select(tenant => tenant.Schema)], cancel);
        refused = plan.Groups.Where(group => group.Error?.Code == MigrateErrors.NotAdopted).SelectMany(group => group.Tenants, (group, tenant) => (tenant, group.Error)).ToDictionary(pair => pair.tenant, pair => pair.Error!);
        var (ended, stopped) = await ChangeAsync(run, waiting, canaries, most - plan.Lost.Count, cancel);
        return await EndAsync(result with { Tenants = InOrder([.. known, .. ended]), StoppedBecause = stopped, Duration = workspace.Clock.GetElapsedTime(started) });
    }

    private async Task<TenantsResult> EndAsync(TenantsResult result)
    {
        await RecordAsync(ApprovalRequest.FinishedKind, result.Run!, result.Plan, result, CancellationToken.None);
        return result;
    }

    private async Task<TenantPlan> PlanAsync(CancellationToken cancel)
    {
        var survey = await TenantSurvey.OfAsync(set, Parallel, cancel);
        var groups = new List<GroupPlan>();
        await using var lane = set.OpenLane();
        foreach (var group in survey.Groups)
        {
            await using var chosen = Choose(group.Tenants[0], lane, set.Environment);
            try
            {
                var draft = await work.Outline(new DraftMaker(chosen, workspace, options.Holding with { Writes = false }), group.State, cancel);
                groups.AddRange(await new TenantGuard(set, workspace, release, Parallel).SplitAsync(new GroupPlan(group.Tenants, draft, null, work.IsDone(draft)), cancel));
            }
            catch (LockkeeperException e) when (e.Code == MigrateErrors.NothingToDo)
            {
                groups.Add(new GroupPlan(group.Tenants, null, null, IsDone: true));
            }
            catch (LockkeeperException e)
            {
                groups.Add(new GroupPlan(group.Tenants, null, e, IsDone: false));
            }
        }

        return new TenantPlan(groups, survey.Lost);
    }

    /// <summary>The tenants that go first, by the configuration; among one tenant that was asked for by name there are none.</summary>
    private IReadOnlyList<Tenant> Canaries() => set.Config.Canary switch
    {
        null => [],
        _ when set.Tenants.Count == 1 => [],
        { Names.Count: > 0 } named => [.. named.Names.Select(name => set.Find(name.Text, name.At))],
        var counted => [.. set.Tenants.Take(counted.Count)],
    };

    private async Task<IReadOnlyList<LockkeeperException>> RefusalsAsync(TenantPlan plan, CancellationToken cancel)
    {
        await using var lane = set.OpenLane();
        await using var chosen = Choose(set.Tenants[0], lane, set.Environment);
        return plan.Together(work.Verb) is { } draft && !work.IgnoresWindow ? await new Admission(chosen, workspace).RefusalsAsync(draft, options, cancel) : [];
    }

    /// <summary>Losses, window and approval are looked at once for all tenants; drift is a matter of each.</summary>
    private async Task<string> AdmitAsync(TenantPlan plan, CancellationToken cancel)
    {
        if (plan.Together(work.Verb) is not { } draft)
            return RunId.New(workspace.Clock);
        if (work.IsRollback && !options.Yes && set.Environment.Approvals is null)
        {
            throw new LockkeeperException(KernelErrors.NeedsConfirmation, $"{draft.Plan.Title}: not confirmed", "Run it with --yes when that is what you want; --dry-run shows it first.")
            {
                Facts = [.. draft.Plan.Steps.Select(step => new ErrorFact("STEP", step.Impact.Losses.Count == 0 ? step.Words : $"{step.Words}; destroys {string.Join(", ", step.Impact.Losses)}"))],
            };
        }

        await using var lane = set.OpenLane();
        await using var chosen = Choose(set.Tenants[0], lane, set.Environment);
        return await new Admission(chosen, workspace).AdmitAsync(draft, options, work.IgnoresWindow, cancel);
    }

    private async Task<(IReadOnlyList<TenantResult> Ended, string? Stopped)> ChangeAsync(string run, HashSet<Tenant> waiting, IReadOnlyList<Tenant> canaries, int most, CancellationToken cancel)
    {
        var first = canaries.Where(waiting.Contains).ToList();
        var rest = set.Tenants.Where(tenant => waiting.Contains(tenant) && !first.Contains(tenant)).ToList();
        var (ended, stopped) = (new List<TenantResult>(), (string?)null);
        if (first.Count > 0)
        {
            workspace.Progress.Say($"canary: {string.Join(", ", first.Take(5).Select(tenant => tenant.Name))}{(first.Count > 5 ? $" and {first.Count - 5} more" : "")}");
            // Any failure of a canary is one too many, whatever the budget is.
            (var results, stopped) = await FanOutAsync(first, run, set.Environment, 0, cancel);
            ended.AddRange(results);
            stopped = stopped is null && results.All(result => result.Error is null) ? null : $"the canary did not pass{(stopped is null or "a tenant failed" ? "" : $": {stopped}")}";
        }

        if (stopped is null)
        {
            // Gates and health watch are the canaries' where there are canaries: a test suite a tenant would take days.
            var environment = canaries.Count > 0 && !work.IsRollback ? set.Environment with { Gates = [], Health = null } : set.Environment;
            (var results, stopped) = await FanOutAsync(rest, run, environment, most, cancel);
            ended.AddRange(results);
        }

        var reached = ended.Select(result => result.Tenant).ToHashSet();
        return ([.. ended, .. waiting.Where(tenant => !reached.Contains(tenant)).Select(tenant => new TenantResult(tenant, TenantOutcome.NotStarted))], stopped);
    }

    private async Task<(IReadOnlyList<TenantResult> Results, string? Stopped)> FanOutAsync(IReadOnlyList<Tenant> tenants, string run, EnvironmentConfig environment, int most, CancellationToken cancel)
    {
        var fan = new FanOut(Parallel, most, workspace.Progress, workspace.Clock);
        // The approval is for all tenants together; with it losses are confirmed too.
        var each = options with { Run = run, Yes = options.Yes || environment.Approvals is not null };
        environment = environment with { Approvals = null };
        var results = await fan.RunAsync(tenants, set.OpenLane, (tenant, lane, stop) => ChangeAsync(tenant, lane, environment, each, stop), cancel);
        return (results, fan.StoppedBecause);
    }

    /// <summary>Changes one tenant; whatever goes wrong is its result and not the end of the others.</summary>
    private async Task<TenantResult> ChangeAsync(Tenant tenant, TenantSet.Lane lane, EnvironmentConfig environment, RunOptions each, CancellationToken cancel)
    {
        var started = workspace.Clock.GetTimestamp();
        if (refused.TryGetValue(tenant, out var refusal))
            return new TenantResult(tenant, TenantOutcome.Failed) { Error = refusal };
        try
        {
            await using var chosen = Choose(tenant, lane, environment);
            if (tenant.Schema.Length == 0)
                await chosen.Target.PrepareStoreAsync(cancel);
            var quiet = workspace.With(new TenantProgress(tenant.Name, workspace.Progress));
            return TenantResult.Of(tenant, await work.Run(chosen, quiet, each, cancel), workspace.Clock.GetElapsedTime(started));
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.WindowClosed || e.Code == KernelErrors.LedgerUnusable)
        {
            // The same for all that would come after it.
            return new TenantResult(tenant, TenantOutcome.NotStarted) { Error = e };
        }
        catch (LockkeeperException e)
        {
            return new TenantResult(tenant, TenantOutcome.Failed) { Error = e, Duration = workspace.Clock.GetElapsedTime(started) };
        }
        catch (OperationCanceledException)
        {
            return new TenantResult(tenant, TenantOutcome.NotStarted);
        }
        catch (Exception e)
        {
            var error = new LockkeeperException(KernelErrors.Internal, $"unexpected {e.GetType().Name}: {e.Message}", "Look at the tenant before the next run.", inner: e);
            return new TenantResult(tenant, TenantOutcome.PartlyApplied) { Error = error, Duration = workspace.Clock.GetElapsedTime(started) };
        }
    }

    private ChosenTarget Choose(Tenant tenant, TenantSet.Lane lane, EnvironmentConfig environment) =>
        new(environment, set.Database, lane.Target(tenant)) { Tenant = tenant, Release = release };

    private IReadOnlyList<TenantResult> InOrder(IReadOnlyList<TenantResult> results)
    {
        var byTenant = results.ToDictionary(result => result.Tenant);
        return [.. set.Tenants.Select(tenant => byTenant.GetValueOrDefault(tenant) ?? new TenantResult(tenant, TenantOutcome.NotStarted))];
    }

    private Task RecordAsync(string kind, string run, TenantPlan plan, TenantsResult? result, CancellationToken cancel)
    {
        var together = plan.Together(work.Verb);
        var body = new JsonObject
        {
            ["title"] = together?.Plan.Title,
            ["plan"] = together?.Plan.Hash,
            ["artifact"] = release.Series.Artifact,
            ["tenants"] = set.Tenants.Count,
            ["waiting"] = plan.Waiting.Count(),
        };
        if (result is null)
        {
            body["steps"] = new JsonArray([.. together?.Plan.Steps.Select(step => JsonValue.Create(step.Words)) ?? []]);
        }
        else
        {
            body["outcome"] = result.Exit == ExitCode.Done ? "done" : result.Exit == ExitCode.PartlyApplied ? "partly_applied" : "failed";
            body["changed"] = result.Tenants.Any(tenant => tenant.Changed);
            body["done"] = result.Count(TenantOutcome.Done);
            body["failed"] = result.Count(TenantOutcome.Failed, TenantOutcome.PartlyApplied);
            body["not_started"] = result.Count(TenantOutcome.NotStarted);
            body["stopped_because"] = result.StoppedBecause;
        }

        return workspace.Ledger.AppendAsync(new LedgerFact(kind, run, set.Environment.Name, set.Database.Name, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString())), cancel);
    }
}
