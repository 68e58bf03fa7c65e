using System.Globalization;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.Drills;
using Lockkeeper.Backup.Evidence;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.PostgreSql.Restoring;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.Drills;

/// <summary>
/// Restores a set beside the server, replays the log to the place of its manifest, to a random moment and to the end, looks at what is there, and removes the copy. One restore serves all three:
/// the copy is started again with a later target each time.
/// </summary>
/// <param name="target">The cluster.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="limit">How long replaying may take.</param>
internal sealed class DrillRun(BackupTarget target, Workspace workspace, TimeSpan limit)
{
    /// <summary>Failures that say nothing about what is in the repository.</summary>
    private static readonly ErrorCode[] OfSurroundings = [BackupErrors.BadCheck, BackupErrors.Interrupted, BackupErrors.RepositoryUnreachable, BackupErrors.Busy, BackupErrors.NoRoom, BackupErrors.ProgramMissing, BackupErrors.WrongCipher, BackupErrors.NotSetUp];

    private readonly PhaseTimes times = new(workspace.Progress);
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
            return outcome with { Phases = times.All, Checks = checks, Failure = e.Message + (facts.Length == 0 ? "" : $" ({facts})"), IsEvidence = !OfSurroundings.Contains(e.Code) && e.Code.Number >= BackupErrors.NoPolicy.Number };
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
        await times.TimeAsync("fetch", () => target.Engine.RestoreAsync(set, folder.Data, new RestoreOptions(TablespaceFolder: folder.Tablespaces, IsGentle: true), workspace.Progress, cancel), set.DatabaseBytes);
        await using var copy = new RestoredServer(folder.Place with { IsGentle = true });
        var replay = new Replay(copy, times, workspace.Progress, limit, target.Site.SegmentBytes);
        var archived = map.Ends.GetValueOrDefault(set.Label);
        if (outcome.Manifest is { } manifest && IsReachable(manifest, archived))
            await AtManifestAsync(copy, replay, manifest, cancel);
        else
            checks.Add(new DrillCheck("manifest", null, outcome.Manifest is null ? "the set has none: it was not taken by lk backup take" : "its place is not in the archive, or past a hole in it"));
        var moment = RandomMoment(set, archived, outcome.Manifest?.Moment);
        var end = moment is { } between ? await AtMomentAsync(copy, replay, between, archived, cancel) : null;
        end ??= await replay.ToAsync(null, null, archived, cancel);
        await LookAsync(copy, cancel);
        // A restore starts once; the drill has started for each of its targets.
        var recoveryTime = times.All.Where(phase => phase.Name is "fetch" or "replay").Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Took) + times.All.Where(phase => phase.Name == "start").Max(phase => phase.Took);
        // What it could not answer because it was ended is nobody's fault.
        await copy.StateAsync(cancel);
        var (reached, point) = await RecoveryPointAsync(copy, end, archived, outcome.At, cancel);
        var damaged = end.Damaged?.Name(target.Site.SegmentBytes);
        var onlyLog = checks.All(check => check.Passed != false);
        if (damaged is not null)
            checks.Add(new DrillCheck("log", false, $"it can be replayed up to {damaged} only, and the archive goes on after it"));
        var failed = checks.Where(check => check.Passed == false).ToList();
        outcome = outcome with { Phases = times.All, Checks = checks, RandomMoment = moment, ReachedUntil = reached, RecoveryPoint = point, RecoveryTime = recoveryTime };
        return failed.Count > 0 ? outcome with { DamagedSegment = onlyLog ? damaged : null, Failure = string.Join("; ", failed.Select(check => $"{check.Name}: {check.Words}")) } : outcome.HeldAgainst(target.Policy);
    }

    private async Task AtManifestAsync(RestoredServer copy, Replay replay, Manifest manifest, CancellationToken cancel)
    {
        await replay.ToAsync(RecoveryTarget.Named(manifest.RestorePoint), null, null, cancel);
        await times.TimeAsync("manifest", async () => checks.Add(await CompareAsync(copy, manifest, cancel)));
        await copy.StopAsync(cancel);
    }

    /// <returns>Null, or how the log ended when it had no commit after the moment.</returns>
    private async Task<Replayed?> AtMomentAsync(RestoredServer copy, Replay replay, DateTimeOffset moment, ArchivedSegment? archived, CancellationToken cancel)
    {
        var reached = await replay.ToAsync(RecoveryTarget.At(moment), null, archived, cancel);
        if (reached.Damaged is null)
        {
            const string Name = "beacon at a random moment";
            checks.Add(await ChainAsync(copy, moment, cancel) switch
            {
                null => new DrillCheck(Name, null, $"there was none yet at {Time(moment)}; 'lk backup beacon' writes it"),
                { WrongLinks: 0, TooLate: 0 } chain => new DrillCheck(Name, true, string.Create(CultureInfo.InvariantCulture, $"{chain.Rows} rows in an unbroken chain, none after {Time(moment)}")),
                var chain => new DrillCheck(Name, false, string.Create(CultureInfo.InvariantCulture, $"{chain.WrongLinks} broken links and {chain.TooLate} rows after {Time(moment)}")),
            });
        }

        if (reached.IsAtEnd)
            return reached;
        await copy.StopAsync(cancel);
        return null;
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
        await times.TimeAsync("amcheck", async () => checks.Add(await look.IndexesAsync(cancel)));
        await times.TimeAsync("full read", async () => checks.Add(await look.ReadAsync(cancel)));
        checks.Add(await look.ChecksumsAsync(cancel));
        foreach (var question in target.Policy.Checks)
            checks.Add(await look.AskAsync(question.Value, cancel));
    }

    /// <summary>What would have been lost: by the beacon where there is one, else by the last commit that the copy has.</summary>
    private async Task<(DateTimeOffset? Reached, TimeSpan? Point)> RecoveryPointAsync(RestoredServer copy, Replayed end, ArchivedSegment? archived, DateTimeOffset started, CancellationToken cancel)
    {
        var reached = end.Damaged is not null ? end.State.LastCommit : Max(end.State.LastCommit, archived?.At < started ? archived.At : started);
        if (await ChainAsync(copy, null, cancel) is { Rows: > 0 } there && await LiveChainAsync(cancel) is { LastAt: { } now } live)
        {
            checks.Add(there.WrongLinks == 0
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
            return (await Rows.ReadAsync(connection, Beacon.Question(null), BeaconChain.Read, cancel))[0];
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

    /// <summary>By its place and not by its moment: the times of archived segments are those of their files, in whole seconds.</summary>
    private bool IsReachable(Manifest manifest, ArchivedSegment? archived) => archived is not null && manifest.At < new WalSegment(archived.Segment.Timeline, archived.Segment.Number + 1).Start(target.Site.SegmentBytes);

    /// <summary>Somewhere in the time that this set covers: nobody can prepare for it.</summary>
    private static DateTimeOffset? RandomMoment(BackupSet set, ArchivedSegment? archived, DateTimeOffset? after)
    {
        var from = after > set.Ended ? after.Value : set.Ended;
        return archived?.At - from is { } covered && covered > TimeSpan.FromSeconds(4) ? from + ((covered - TimeSpan.FromSeconds(2)) * Random.Shared.NextDouble()) + TimeSpan.FromSeconds(1) : null;
    }

    private static DateTimeOffset? Max(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    private static string Time(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
