using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.Drills;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.PostgreSql.Drills;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.PostgreSql.Restoring;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup drill</c>.</summary>
internal static class Drill
{
    private static readonly Parameter Set = new("set", ParameterKind.Text, "The backup; by default the newest") { ValueName = "LABEL" };

    private static readonly Parameter Repository = new("repository", ParameterKind.Integer, "The number of the repository") { Default = "1" };

    private static readonly Parameter ReplayLimit = new("replay-limit", ParameterKind.Duration, "How long replaying the log may take") { Default = "4h" };

    public static Verb Declare() => new()
    {
        Path = "backup drill",
        Summary = "restore a backup beside the server, look at all of it, and measure what would be lost and how long it takes",
        Details = "The copy listens on a socket of its own only, archives nothing and runs no jobs. It is stopped at the place where tables were counted when the backup was taken, at a random moment, and at the end; then indexes and tables are checked, every row is read, and the project's own "
            + "questions are asked. The copy is removed, and the outcome is an entry of the ledger. Exit code 1 when the drill failed, or the policy's rpo or rto is not kept.",
        Effect = VerbEffect.Local,
        Parameters = [BackupChoice.Name, Set, Repository, ReplayLimit],
        Examples = [new VerbExample("lk backup drill shop-prod", "tries a restore of the newest backup")],
        ReportType = () => BackupJson.Default.DrillReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.Of(call), call.Workspace);
        await using var log = new CommandLog(NodeHosts.Of(cluster.Primary, workspace));
        await using var target = await BackupTarget.OpenAsync(cluster, log, workspace, cancel, mayBeDown: true);
        var view = await target.RepositoryAsync(call.Integer(Repository)!.Value, cancel);
        // A set that failed its last drill may be tried again: what failed may be mended.
        var map = RecoverabilityMap.Of(view.Sets, view.Archive, [], workspace.Clock.GetUtcNow());
        var set = SetChoice.Of(view, map, null, call.Text(Set));
        var run = RunId.New(workspace.Clock);
        var place = target.Policy.Drill.Folder ?? $"{target.Site.Folder}/drills";
        // One at a time, so that what else is in the folder was left by a run that was killed.
        await using var only = await LockAsync(target, place, workspace, cancel);
        await CopyFolder.RemoveLeftAsync(target.Site, place, cancel);
        var root = $"{place}/{run}";
        var forecast = Forecast.Of(await target.Record.DrillsAsync(cancel), set, view);
        var outcome = await new DrillRun(target, workspace, call.Duration(ReplayLimit)!.Value).RunAsync(set, map, root, forecast?.Expected, cancel);
        await target.Record.AppendAsync(BackupRecord.DrilledKind, run, Body(outcome, view, log), cancel);
        var report = new DrillReport(
            cluster.Name, run, set.Label, outcome.Failure is null, outcome.Failure, outcome.RecoveryPoint?.TotalSeconds, outcome.RecoveryTime?.TotalSeconds, outcome.Forecast?.TotalSeconds, outcome.RandomMoment, outcome.ReachedUntil,
            [.. outcome.Phases.Select(phase => new PhaseReport(phase.Name, phase.Took.TotalMilliseconds, phase.Bytes))], [.. outcome.Checks.Select(check => new LookReport(check.Name, check.Passed, check.Words))]);
        return Report.Of(report, () => BackupJson.Default.DrillReport, [.. Text(target, outcome)], outcome.Failure is null ? ExitCode.Done : ExitCode.Findings);
    }

    private static async Task<HostLock> LockAsync(BackupTarget target, string place, Workspace workspace, CancellationToken cancel)
    {
        // By the folder: another cluster on the host may have the same stanza, in other repositories.
        var name = $"drill-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place)))[..16]}";
        try
        {
            return await HostLock.TakeAsync(target.Site.Host, name, target.Site.User, TimeSpan.Zero, workspace.Redactor, cancel);
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.HostBusy)
        {
            throw new LockkeeperException(BackupErrors.Busy, $"another drill of {target.Cluster.Name} is at work in {place}", "Wait until it is done.", inner: e);
        }
    }

    private static JsonObject Body(DrillOutcome outcome, Sets.RepositoryView view, CommandLog log) => new()
    {
        ["set"] = outcome.Set,
        ["repository"] = view.Number,
        ["at"] = outcome.At.ToString("O", CultureInfo.InvariantCulture),
        ["failure"] = outcome.Failure,
        ["is_evidence"] = outcome.IsEvidence,
        ["damaged_segment"] = outcome.DamagedSegment,
        ["reached_until"] = outcome.ReachedUntil?.ToString("O", CultureInfo.InvariantCulture),
        ["random_moment"] = outcome.RandomMoment?.ToString("O", CultureInfo.InvariantCulture),
        ["rpo_seconds"] = outcome.RecoveryPoint?.TotalSeconds,
        ["rto_seconds"] = outcome.RecoveryTime?.TotalSeconds,
        ["forecast_seconds"] = outcome.Forecast?.TotalSeconds,
        ["database_bytes"] = outcome.DatabaseBytes,
        ["wal_bytes"] = Forecast.WalBytes(view.Sets.First(set => set.Label == outcome.Set), view),
        ["phases"] = new JsonArray([.. outcome.Phases.Select(phase => new JsonObject { ["name"] = phase.Name, ["ms"] = Math.Round(phase.Took.TotalMilliseconds, 1), ["bytes"] = phase.Bytes })]),
        ["checks"] = new JsonArray([.. outcome.Checks.Select(check => new JsonObject { ["name"] = check.Name, ["passed"] = check.Passed, ["words"] = check.Words })]),
        ["commands"] = log.Commands,
    };

    private static IEnumerable<Block> Text(BackupTarget target, DrillOutcome outcome)
    {
        yield return new Heading($"Drill of {outcome.Set}");
        yield return new Table(["phase", "took", "bytes", "a second"], [.. outcome.Phases.Select(phase => (IReadOnlyList<Cell>)
        [
            phase.Name, BackupText.Span(phase.Took), phase.Bytes is { } bytes ? BackupText.Size(bytes) : "", phase.Bytes is { } moved && phase.Took > TimeSpan.Zero ? BackupText.Size((long)(moved / phase.Took.TotalSeconds)) : "",
        ])]);
        foreach (var check in outcome.Checks)
            yield return new Line($"{check.Name}: {check.Words}", check.Passed switch { true => Tone.Good, false => Tone.Bad, _ => Tone.Muted });
        if (outcome.RecoveryPoint is { } point)
            yield return new Line($"would have been lost (RPO): {BackupText.Span(point)}{Allowed(target.Policy.RecoveryPoint)}", target.Policy.RecoveryPoint < point ? Tone.Bad : Tone.Plain);
        if (outcome.RecoveryTime is { } time)
            yield return new Line($"until the copy was open (RTO): {BackupText.Span(time)}{Allowed(target.Policy.RecoveryTime)}{(outcome.Forecast is { } forecast ? $"; the forecast was {BackupText.Span(forecast)}" : "")}", target.Policy.RecoveryTime < time ? Tone.Bad : Tone.Plain);
        yield return outcome.Failure is { } failure ? new Line($"the drill failed: {failure}", Tone.Bad) : new Line("the drill passed", Tone.Good);

        static string Allowed(TimeSpan? most) => most is { } limit ? $", allowed {BackupText.Span(limit)}" : "";
    }
}
