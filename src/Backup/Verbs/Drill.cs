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

    private static readonly Parameter Target = new("target", ParameterKind.Text, "Of what a managed service runs: snapshot (the newest), random (a moment of the covered time), latest, or a time with its zone; by default snapshot and random by turns") { ValueName = "TARGET" };

    private static readonly Parameter ReplayLimit = new("replay-limit", ParameterKind.Duration, "How long replaying the log may take; of what a managed service runs, how long it may take to make the instance, and then the looking") { Default = "4h" };

    public static Verb Declare() => new()
    {
        Path = "backup drill",
        Summary = "restore a backup beside the server, look at all of it, and measure what would be lost and how long it takes",
        Details = "The copy listens on a socket of its own only, archives nothing and runs no jobs. It is stopped at the place where tables were counted when the backup was taken, at a random moment, and at the end; then indexes and tables are checked, every row is read, and the project's own "
            + "questions are asked. The copy is removed, and the outcome is an entry of the ledger. What a managed service runs is restored by it into an instance of the drill's own, which is read and asked by SQL and always removed. Exit code 1 when the drill failed, or the policy's rpo or rto is not kept.",
        Effect = VerbEffect.Local,
        HasDryRun = true,
        Parameters = [BackupChoice.Name, Set, Repository, Target, ReplayLimit],
        Examples = [new VerbExample("lk backup drill shop-prod", "tries a restore of the newest backup"), new VerbExample("lk backup drill shop-rds --target random --dry-run", "says what a drill of a managed cluster would make")],
        ReportType = () => BackupJson.Default.DrillReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.WithManaged(call), call.Workspace);
        if (cluster.Managed is not null)
            return await new ManagedDrill(call.Text(Target), call.Text(Set), call.Duration(ReplayLimit)!.Value, call.DryRun).RunAsync(cluster, workspace, cancel);
        if (call.Text(Target) is not null)
            throw new LockkeeperException(KernelErrors.WrongUse, "--target goes with clusters that a managed service runs", "A drill of this one goes to the place of the manifest, to a random moment and to the end in one run: leave --target out.");
        await using var log = new CommandLog(NodeHosts.Of(cluster.Primary, workspace));
        await using var target = await BackupTarget.OpenAsync(cluster, log, workspace, cancel, mayBeDown: true);
        var view = await target.RepositoryAsync(call.Integer(Repository)!.Value, cancel);
        // A set that failed its last drill may be tried again: what failed may be mended.
        var map = RecoverabilityMap.Of(view.Sets, view.Archive, [], workspace.Clock.GetUtcNow());
        var set = SetChoice.Of(view, map, null, call.Text(Set));
        var run = RunId.New(workspace.Clock);
        var forecast = Forecast.Of(await target.Record.DrillsAsync(cancel), set, view);
        var place = target.Policy.Drill.Folder ?? $"{target.Site.Folder}/drills";
        if (call.DryRun)
            return DrillText.DryRun(cluster.Name, run, set.Label, forecast?.Expected, [new Line($"would restore {set.Label}, {BackupText.Size(set.DatabaseBytes)}, into {place} on {target.Site.Host.Name}, look at it and remove it{(forecast is null ? "" : $"; the restore would take about {BackupText.Span(forecast.Expected)}")}")]);
        // One at a time, so that what else is in the folder was left by a run that was killed.
        await using var only = await LockAsync(target, place, workspace, cancel);
        await CopyFolder.RemoveLeftAsync(target.Site, place, cancel);
        var root = $"{place}/{run}";
        var outcome = await new DrillRun(target, workspace, call.Duration(ReplayLimit)!.Value).RunAsync(set, map, root, forecast?.Expected, cancel);
        await target.Record.AppendAsync(BackupRecord.DrilledKind, run, Body(outcome, view, log), cancel);
        return DrillText.Answer(cluster.Name, run, target.Policy, outcome);
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

    private static JsonObject Body(DrillOutcome outcome, Sets.RepositoryView view, CommandLog log)
    {
        var body = DrillText.Body(outcome);
        body["repository"] = view.Number;
        body["wal_bytes"] = Forecast.WalBytes(view.Sets.First(set => set.Label == outcome.Set), view);
        body["commands"] = log.Commands;
        return body;
    }
}
