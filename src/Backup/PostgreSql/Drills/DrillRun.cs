using System.Diagnostics;
using System.Globalization;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.Drills;
using Lockkeeper.Backup.Evidence;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.PostgreSql.Restoring;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.Drills;

/// <summary>
/// Restores a set beside the server, replays the log to the place of its manifest, to a random moment and to the end, looks at what is there, and removes the copy. One restore serves all three:
/// the copy is started again with a later target each time.
/// </summary>
/// <param name="target">The cluster.</param>
/// <param name="view">The repository.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="limit">How long replaying may take.</param>
internal sealed class DrillRun(BackupTarget target, RepositoryView view, Workspace workspace, TimeSpan limit)
{
    private readonly List<DrillPhase> phases = [];
    private readonly List<DrillCheck> checks = [];

    public async Task<DrillOutcome> RunAsync(BackupSet set, RecoverabilityMap map, string root, TimeSpan? forecast, CancellationToken cancel)
    {
        var started = workspace.Clock.GetUtcNow();
        var manifest = await target.Record.ManifestOfAsync(set.Label, cancel);
        var outcome = new DrillOutcome { Set = set.Label, At = started, DatabaseBytes = set.DatabaseBytes, Forecast = forecast, Manifest = manifest };
        var folder = new CopyFolder(target.Site, root);
        await folder.MakeAsync(set, cancel);
        try
        {
            return await HeldAsync(set, map, folder, outcome, cancel);
        }
        catch (LockkeeperException e) when (!cancel.IsCancellationRequested)
        {
            var facts = string.Join("; ", e.Facts.Select(fact => fact.Text));
            return outcome with { Phases = phases, Checks = checks, Failure = e.Message + (facts.Length == 0 ? "" : $" ({facts})"), IsEvidence = e.Code != BackupErrors.BadCheck };
        }
        finally
        {
            // Not with the caller's token: a drill that was stopped leaves nothing behind either.
            await new RestoredServer(folder.Place).StopAsync(CancellationToken.None);
            await folder.RemoveAsync(CancellationToken.None);
            workspace.Progress.Now(null);
        }
    }

    private async Task<DrillOutcome> HeldAsync(BackupSet set, RecoverabilityMap map, CopyFolder folder, DrillOutcome outcome, CancellationToken cancel)
    {
        await TimedAsync("fetch", () => target.Engine.RestoreAsync(set, folder.Data, new RestoreOptions(), workspace.Progress, cancel), set.DatabaseBytes);
        await using var copy = new RestoredServer(folder.Place);
        if (outcome.Manifest is { } manifest && IsReachable(set, map, manifest.Moment))
            await AtManifestAsync(copy, manifest, cancel);
        else
            checks.Add(new DrillCheck("manifest", null, outcome.Manifest is null ? "the set has none: it was not taken by lk backup take" : "its place is past a hole in the log"));
        var moment = RandomMoment(set, map, outcome.Manifest?.Moment);
        if (moment is { } between)
            await AtMomentAsync(copy, between, cancel);
        var state = await AtEndAsync(copy, cancel);
        await LookAsync(copy, cancel);
        // A restore starts once; the drill has started for each of its targets.
        var recoveryTime = phases.Where(phase => phase.Name is "fetch" or "replay").Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Took) + phases.Where(phase => phase.Name == "start").Max(phase => phase.Took);
        var (reached, point) = await RecoveryPointAsync(copy, state, outcome.At, cancel);
        var failed = checks.Where(check => check.Passed == false).ToList();
        outcome = outcome with { Phases = phases, Checks = checks, RandomMoment = moment, ReachedUntil = reached, RecoveryPoint = point, RecoveryTime = recoveryTime };
        return failed.Count > 0 ? outcome with { Failure = string.Join("; ", failed.Select(check => $"{check.Name}: {check.Words}")) } : WithPolicy(outcome);
    }

    /// <summary>Whether the policy's limits are kept. A limit that is passed does not make the backups worth less.</summary>
    private DrillOutcome WithPolicy(DrillOutcome outcome)
    {
        var over = new List<string>();
        if (target.Policy.RecoveryTime is { } most && outcome.RecoveryTime > most)
            over.Add($"a restore takes {Words(outcome.RecoveryTime.Value)}, and the policy allows {Words(most)}");
        if (target.Policy.RecoveryPoint is { } point && outcome.RecoveryPoint > point)
            over.Add($"{Words(outcome.RecoveryPoint.Value)} would be lost, and the policy allows {Words(point)}");
        return over.Count == 0 ? outcome : outcome with { Failure = string.Join("; ", over), IsEvidence = false };
    }

    private async Task AtManifestAsync(RestoredServer copy, Manifest manifest, CancellationToken cancel)
    {
        var point = RecoveryTarget.Named(manifest.RestorePoint);
        await TimedAsync("start", () => copy.StartAsync(point, null, limit, cancel));
        await TimedAsync("replay", () => ReachedAsync(copy, point, cancel));
        await TimedAsync("manifest", async () => checks.Add(await CompareAsync(copy, manifest, cancel)));
        await copy.StopAsync(cancel);
    }

    private async Task AtMomentAsync(RestoredServer copy, DateTimeOffset moment, CancellationToken cancel)
    {
        var random = RecoveryTarget.At(moment);
        await TimedAsync("start", () => copy.StartAsync(random, null, limit, cancel));
        await TimedAsync("replay", () => ReachedAsync(copy, random, cancel));
        if (await ChainAsync(copy, moment, cancel) is { } chain)
        {
            checks.Add(chain.WrongLinks == 0 && chain.TooLate == 0
                ? new DrillCheck("beacon at a random moment", true, string.Create(CultureInfo.InvariantCulture, $"{chain.Rows} rows in an unbroken chain, none after {Time(moment)}"))
                : new DrillCheck("beacon at a random moment", false, string.Create(CultureInfo.InvariantCulture, $"{chain.WrongLinks} broken links and {chain.TooLate} rows after {Time(moment)}")));
        }

        await copy.StopAsync(cancel);
    }

    private async Task<CopyState> AtEndAsync(RestoredServer copy, CancellationToken cancel)
    {
        await TimedAsync("start", () => copy.StartAsync(null, null, limit, cancel));
        CopyState? state = null;
        await TimedAsync("replay", async () => state = await ReachedAsync(copy, null, cancel));
        return state!;
    }

    private async Task<CopyState> ReachedAsync(RestoredServer copy, RecoveryTarget? to, CancellationToken cancel)
    {
        CopyState? last = null;
        var state = await copy.ReachAsync(to, limit, now =>
        {
            last = now;
            workspace.Progress.Now($"replaying the log to {to?.Words ?? "its end"}, at {now.LastCommit?.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? now.Replayed?.ToString()}");
        }, cancel);
        return state.LastCommit is null ? state with { LastCommit = last?.LastCommit } : state;
    }

    private async Task<DrillCheck> CompareAsync(RestoredServer copy, Manifest manifest, CancellationToken cancel)
    {
        var (wrong, done) = (new List<string>(), 0);
        foreach (var database in manifest.Tables.GroupBy(table => table.Database))
        {
            foreach (var chunk in database.Chunk(50))
            {
                workspace.Progress.Now("comparing tables with the manifest", done, manifest.Tables.Count);
                var questions = string.Concat(TableHash.Settings.Select(one => one + ";\n")) + string.Concat(chunk.Select(table => TableHash.Sql(table.Name, table.Percent) + ";\n"));
                var answer = await copy.TrySqlAsync(database.Key, questions, cancel, TimeSpan.FromHours(12));
                if (!answer.Succeeded)
                {
                    wrong.Add($"{database.Key}: {answer.AllOutput.Trim()}");
                    continue;
                }

                foreach (var (table, line) in chunk.Zip(answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
                {
                    done++;
                    var expected = string.Create(CultureInfo.InvariantCulture, $"{table.Rows}|{table.Hash}");
                    if (line != expected)
                        wrong.Add($"{table.Database}: {table.Name} holds {line.Split('|')[0]} rows{(line.Split('|')[0] == table.Rows.ToString(CultureInfo.InvariantCulture) ? " with other values" : string.Create(CultureInfo.InvariantCulture, $" instead of {table.Rows}"))}");
                }
            }
        }

        var left = manifest.NotCounted.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {manifest.NotCounted.Count} not counted then");
        return wrong.Count == 0
            ? new DrillCheck("manifest", true, string.Create(CultureInfo.InvariantCulture, $"{manifest.Tables.Count} tables hold the same rows as at {manifest.At}{left}"))
            : new DrillCheck("manifest", false, string.Join("; ", wrong.Take(5)) + (wrong.Count > 5 ? string.Create(CultureInfo.InvariantCulture, $" and {wrong.Count - 5} more") : ""));
    }

    private async Task LookAsync(RestoredServer copy, CancellationToken cancel)
    {
        var look = new CopyChecks(copy, target.Site, target.Policy, workspace.Progress);
        await TimedAsync("amcheck", async () => checks.Add(await look.IndexesAsync(cancel)));
        await TimedAsync("full read", async () => checks.Add(await look.ReadAsync(cancel)));
        checks.Add(await look.ChecksumsAsync(cancel));
        foreach (var question in target.Policy.Checks)
            checks.Add(await look.AskAsync(question.Value, cancel));
    }

    /// <summary>What would have been lost: by the beacon where there is one, else by the last commit that the copy has.</summary>
    private async Task<(DateTimeOffset? Reached, TimeSpan? Point)> RecoveryPointAsync(RestoredServer copy, CopyState state, DateTimeOffset started, CancellationToken cancel)
    {
        var archived = view.Archive.Segments.Count == 0 ? (DateTimeOffset?)null : view.Archive.Segments.Max(one => one.At);
        var reached = Max(state.LastCommit, archived < started ? archived : started);
        if (await ChainAsync(copy, null, cancel) is { Rows: > 0 } there && await LiveChainAsync(cancel) is { LastAt: { } now } live)
        {
            checks.Add(there.WrongLinks == 0 && there.First <= Math.Max(live.First, there.First)
                ? new DrillCheck("beacon at the end", true, string.Create(CultureInfo.InvariantCulture, $"{there.Rows} rows in an unbroken chain; the server is {live.Last - there.Last} rows ahead"))
                : new DrillCheck("beacon at the end", false, string.Create(CultureInfo.InvariantCulture, $"{there.WrongLinks} broken links")));
            return (Max(reached, there.LastAt), now - there.LastAt!.Value);
        }

        return (reached, reached is { } until ? started - until : null);
    }

    private async Task<BeaconChain?> LiveChainAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = await target.Database().OpenAsync(cancel);
            return (await Rows.ReadAsync(connection, Beacon.Question(null), row => new BeaconChain(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(0) == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks((long)(row.GetDecimal(3) * TimeSpan.TicksPerSecond)), row.GetInt64(4), row.GetInt64(5)), cancel))[0];
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is LockkeeperException)
        {
            // Without the server, or without the table there, the copy speaks for itself.
            return null;
        }
    }

    private async Task<BeaconChain?> ChainAsync(RestoredServer copy, DateTimeOffset? until, CancellationToken cancel)
    {
        var answer = await copy.TrySqlAsync(target.Site.Database, Beacon.Question(until), cancel);
        return answer.Succeeded ? BeaconChain.Parse(answer.Output.Trim()) : null;
    }

    private static bool IsReachable(BackupSet set, RecoverabilityMap map, DateTimeOffset moment) =>
        map.Spans.Any(span => span.From <= moment && span.To >= moment && span.State is RecoverableState.Proven or RecoverableState.Claimed) || moment <= set.Ended.AddSeconds(1);

    /// <summary>Somewhere in the time that this set covers: nobody can prepare for it.</summary>
    private static DateTimeOffset? RandomMoment(BackupSet set, RecoverabilityMap map, DateTimeOffset? after)
    {
        var from = after > set.Ended ? after.Value : set.Ended;
        var to = map.Spans.Where(span => span.From >= set.Ended.AddSeconds(-1)).TakeWhile(span => span.State is RecoverableState.Proven or RecoverableState.Claimed).Select(span => (DateTimeOffset?)span.To).LastOrDefault();
        return to - from > TimeSpan.FromSeconds(4) ? from + ((to!.Value - from - TimeSpan.FromSeconds(2)) * Random.Shared.NextDouble()) + TimeSpan.FromSeconds(1) : null;
    }

    private async Task TimedAsync(string name, Func<Task> work, long? bytes = null)
    {
        var watch = Stopwatch.StartNew();
        workspace.Progress.Now(name);
        await work();
        phases.Add(new DrillPhase(name, watch.Elapsed, bytes));
    }

    private static DateTimeOffset? Max(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    private static string Words(TimeSpan span) => Kernel.Config.Durations.Words(span);

    private static string Time(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
