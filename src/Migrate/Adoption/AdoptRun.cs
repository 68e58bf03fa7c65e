using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>Adopts another tool's history: looks, proves on an empty database, and writes all of it in one transaction.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
internal sealed class AdoptRun(ChosenTarget chosen, Workspace workspace, AdoptOptions options)
{
    /// <summary>Runs it.</summary>
    /// <exception cref="LockkeeperException">There is nothing to adopt, or what was found speaks against it and writing was asked for.</exception>
    public async Task<AdoptResult> RunAsync(CancellationToken cancel)
    {
        var look = await AdoptLook.AtAsync(chosen, workspace, options, cancel);
        var result = await ProveAsync(look, cancel);
        if (!options.Write)
            return result;
        Require(result);
        if (!result.IsNeeded)
            return result;
        var draft = DraftOf(result);
        var opening = new RunOpening(chosen, workspace, new RunOptions(DryRun: false, Yes: true, AcceptDrift: true, options.LeaseWait), ignoreWindow: true);
        await opening.PrepareAsync(draft, cancel);
        await using var held = await opening.LeaseAsync("adopting on", cancel);
        if (!look.IsSameAs(await AdoptLook.AtAsync(chosen, workspace, options, held.Token)))
            throw new LockkeeperException(MigrateErrors.NotProven, $"{chosen.Target.Name} was changed while it was looked at", "See that nobody migrates it now, and run the command again.");
        var run = await opening.AdmitAsync(draft, held);
        var stamp = chosen.Stamp(run, workspace.Actor, look.Series.Artifact);
        var record = new RunRecord(workspace, stamp);
        await record.StartedAsync(draft.Plan, look.Schema, held.Token);
        await chosen.Target.Adoption.WriteAsync(WriteOf(result), stamp, held.Lease, held.Token);
        await record.FinishedAsync("done", changed: true, look.Schema, [.. result.New.Select(migration => migration.Id)]);
        return result with { Run = run };
    }

    /// <summary>Runs on an empty database what is in place, and compares the schemas.</summary>
    private async Task<AdoptResult> ProveAsync(AdoptLook look, CancellationToken cancel)
    {
        if (look.Migrations.Any(migration => migration.Verdict == AdoptionVerdict.Failed))
            return new AdoptResult(look, null, [], null);
        var keys = look.Migrations.Where(migration => migration.HasRun).Select(migration => migration.Key).ToHashSet();
        if (!look.IsKept)
            keys.UnionWith(look.OnlyOurs.Select(row => row.Key));
        var inPlace = look.Series.Migrations.Where(migration => keys.Contains(migration.Key)).ToList();
        var target = chosen.Target.Adoption;
        var replay = await ReplayAsync(look, inPlace, cancel);
        var drift = replay.Schema is { } made ? chosen.Target.Differences(target.Without(made, look.Others).Bytes, target.Without(look.Schema, look.Others)) : [];
        return new AdoptResult(look, replay, drift, null);
    }

    /// <summary>Files that only their own tool can run, or a machine without a server, leave the schema unproven: that can be accepted like a drift.</summary>
    private async Task<Replay> ReplayAsync(AdoptLook look, List<Migration> inPlace, CancellationToken cancel)
    {
        try
        {
            return await chosen.Target.Adoption.ReplayAsync([.. new DraftMaker(chosen, workspace).Prepare(look.Series, look.State, inPlace)], workspace, cancel);
        }
        catch (LockkeeperException e) when (!cancel.IsCancellationRequested)
        {
            return new Replay("it was not reached", null, e);
        }
    }

    private void Require(AdoptResult result)
    {
        var objections = result.Objections(options);
        if (objections.Count > 0)
        {
            throw new LockkeeperException(
                MigrateErrors.NotProven, $"{result.Look.Found.Words} on {chosen.Environment.Name} was not adopted: {(objections.Count == 1 ? "one thing speaks" : $"{objections.Count} things speak")} against it",
                "Run it without --yes to see everything; correct what is wrong, or accept it by the flag that is named.")
            {
                Facts = [.. objections.Select(objection => new ErrorFact("AGAINST", objection)), .. result.Drift.Select(difference => new ErrorFact("DRIFT", difference))],
            };
        }

        if (result.Look.Found.MissingPrivileges is { Count: > 0 } missing)
        {
            throw new LockkeeperException(
                MigrateErrors.ForeignHistory, $"the role may not {string.Join(", ", missing)} in the table of {result.Look.Found.Words}, so it could not be kept up to date",
                $"Run as its owner: GRANT {string.Join(", ", missing)} ON {result.Look.Found.Schema}.{result.Look.Found.Table} TO the_role;");
        }
    }

    /// <summary>The plan names what is accepted, so that an approval covers it.</summary>
    private Draft DraftOf(AdoptResult result)
    {
        var look = result.Look;
        var steps = new List<Step>();
        if (result.Drift.Count > 0 || result.Replay?.Error is not null)
            steps.Add(Step("accept-drift", "accept that the schema is not what the files make", string.Join('\n', result.Drift)));
        steps.AddRange(result.New.Select(migration => Step(
            migration.Id, $"take {migration.Id} over from {look.Found.Tool.Name}: {migration.Verdict.ToString().ToLowerInvariant()}", $"{migration.File} {migration.Migration?.Up.Sha256}")));
        steps.AddRange(result.Undone.Select(row => Step(row.Id, $"take over that {look.Found.Tool.Name} undid {row.Id}", "")));
        steps.AddRange(result.Behind.Select(row => Step(row.Id, $"tell {look.Found.Tool.Name} of {row.Id}", "")));
        if (!look.IsKept)
            steps.Add(Step("keep", $"keep {look.Found.Schema}.{look.Found.Table} up to date from now on", ""));
        var plan = new Plan($"adopt {look.Series.Name} from {look.Found.Words} on {chosen.Environment.Name}", chosen.Environment.Name, look.Series.Name, steps);
        var comparison = HistoryComparison.Of(look.Series, look.State.Rows, chosen.Database.OutOfOrder);
        return new Draft(look.Series, look.State, comparison, new Dictionary<string, PreparedMigration>(), null, [], plan);

        static Step Step(string id, string words, string script) => new(id, words, script, Undo.None, Impact.None);
    }

    private AdoptionWrite WriteOf(AdoptResult result)
    {
        var (look, now) = (result.Look, workspace.Clock.GetUtcNow());
        var adoption = new AdoptionRecord(look.Found.Tool.Name, look.Found.Schema, look.Found.Table, look.Series.Format, now, null);
        var entries = ForeignEntry.All(look.Series, new DraftMaker(chosen, workspace).Files(look.Series));
        return new AdoptionWrite(
            adoption,
            [.. result.New.Select(migration => migration.ToRow(workspace.Actor, now)), .. result.Undone.Select(row => row with { Outcome = HistoryOutcome.RolledBack, By = workspace.Actor, At = now })],
            [.. result.Behind.Where(row => entries.ContainsKey(row.Key)).OrderBy(row => row.Order).Select(row => new ForeignMirror(adoption, entries[row.Key]))],
            look.Schema);
    }
}
