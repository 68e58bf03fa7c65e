using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Proof;

namespace Lockkeeper.Migrate.Running;

/// <summary>Lets a plan through or refuses it, before anything is changed: drift, losses, window, approvals.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class Admission(ChosenTarget chosen, Workspace workspace)
{
    private const int ShownDifferences = 20;

    private readonly EnvironmentAdmission environment = new(chosen.Environment, chosen.Database.Name, workspace);

    private EnvironmentConfig Environment => chosen.Environment;

    /// <summary>The reasons why a plan would be refused now; for dry runs. The approval is looked up and not asked for.</summary>
    public async Task<IReadOnlyList<LockkeeperException>> RefusalsAsync(Draft draft, RunOptions options, CancellationToken cancel)
    {
        var refusals = new List<LockkeeperException?> { Drift(draft, options), Losses(draft.Plan, options with { Yes = options.Yes || Environment.Approvals is not null }), environment.Window() };
        if (draft.Plan.Steps.Count > 0)
            refusals.Add(await environment.NotApprovedAsync(draft.Plan, cancel));
        refusals.Add(await WayBackAsync(draft, cancel));
        return [.. refusals.OfType<LockkeeperException>()];
    }

    /// <summary>Passes when the plan may run.</summary>
    /// <returns>The run id of the approval, or a new one.</returns>
    /// <exception cref="LockkeeperException">It may not.</exception>
    public async Task<string> AdmitAsync(Draft draft, RunOptions options, bool ignoreWindow, CancellationToken cancel)
    {
        if ((Drift(draft, options) ?? Losses(draft.Plan, options) ?? (ignoreWindow ? null : environment.Window())) is { } refusal)
            throw refusal;
        if (!ignoreWindow && await WayBackAsync(draft, cancel) is { } oneWay)
            throw oneWay;
        // With nothing pending only the gates run again; they change nothing.
        return Environment.Approvals is { } approvals && draft.Plan.Steps.Count > 0 ? await environment.ApprovedRunAsync(draft.Plan, approvals, Environment.Name, cancel) : options.Run ?? RunId.New(workspace.Clock);
    }

    /// <summary>
    /// Where another tool has applied the same files, they would run a second time: some would fail, and those that insert data would not. Asked only while
    /// Lockkeeper has no history of the series, so that every other run is spared the look.
    /// </summary>
    public async Task<LockkeeperException?> NotAdoptedAsync(Draft draft, CancellationToken cancel)
    {
        if (draft.State.Rows.Count > 0 || draft.State.Adopted is not null || draft.Plan.Steps.Count == 0)
            return null;
        // What is beside a tenant's schema on the path is not the tenant's.
        var own = (await chosen.Target.Adoption.FindAsync(null, cancel)).Where(found => chosen.Tenant is not { Schema.Length: > 0 } tenant || found.Schema == tenant.Schema);
        foreach (var found in own.Where(found => found.Tool.Formats.Contains(draft.Series.Format)))
        {
            var isReadable = !found.MissingPrivileges.Contains("SELECT");
            if (isReadable && (await chosen.Target.Adoption.ReadAsync(found, cancel)).Count == 0)
                continue;
            return new LockkeeperException(
                MigrateErrors.NotAdopted,
                isReadable ? $"{chosen.Target.Name} has been migrated by {found.Words}" : $"{chosen.Target.Name} may have been migrated by {found.Words}, which this role may not read",
                $"Take its history over with 'lk migrate adopt --env {Environment.Name}', or say what is in place with 'lk migrate baseline'.");
        }

        return null;
    }

    private LockkeeperException? Drift(Draft draft, RunOptions options) => draft.Drift.Count == 0 || options.AcceptDrift ? null : new LockkeeperException(
        MigrateErrors.Drift, $"the schema of {chosen.Target.Name} is not as the last run left it: {draft.Drift.Count} {(draft.Drift.Count == 1 ? "difference" : "differences")}",
        "Undo what was changed by hand, or make it a migration and run with --accept-drift.")
    {
        Facts = [.. draft.Drift.Take(ShownDifferences).Select(words => new ErrorFact("DRIFT", words)),
            .. draft.Drift.Count > ShownDifferences ? [new ErrorFact("DRIFT", $"… and {draft.Drift.Count - ShownDifferences} more")] : Array.Empty<ErrorFact>()],
    };

    private LockkeeperException? Losses(Plan plan, RunOptions options)
    {
        var losses = plan.Steps.SelectMany(step => step.Impact.Losses.Select(loss => (step.Id, Loss: loss))).Where(pair => !pair.Loss.StartsWith("index ", StringComparison.Ordinal)).ToList();
        if (losses.Count == 0 || options.Yes || Environment.Approvals is not null)
            return null;
        return new LockkeeperException(
            KernelErrors.NeedsConfirmation, $"the run destroys data or objects in {losses.Count} {(losses.Count == 1 ? "place" : "places")}", "Run it with --yes when that is what you want.")
        {
            Facts = [.. losses.Select(pair => new ErrorFact("LOST", $"{pair.Loss} (step {pair.Id})"))],
        };
    }

    private async Task<LockkeeperException?> WayBackAsync(Draft draft, CancellationToken cancel)
    {
        if (!Environment.RequireWayBack || draft.Plan.Steps.All(step => !draft.Migrations.ContainsKey(step.Id)))
            return null;
        var proven = await ProofRecord.ProvenAsync(workspace.Ledger, draft.Series.Name, cancel);
        var missing = draft.Plan.Steps.Where(step => draft.Migrations.ContainsKey(step.Id) && !ProofRecord.IsProven(draft, step, proven)).ToList();
        return missing.Count == 0 ? null : new LockkeeperException(
            MigrateErrors.WayBackNotProven, $"{Environment.Name} takes only migrations with a proven way back, and {missing.Count} of {draft.Plan.Steps.Count} have none: {string.Join(", ", missing.Select(step => step.Id))}",
            $"Write their down files, and run 'lk migrate prove --env {Environment.Name}'.");
    }
}
