using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Rds;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary>What take, list, restore and expire do for a cluster that a managed service runs.</summary>
internal static class ManagedVerbs
{
    public static async Task<Report> TakeAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var (watch, run, backups) = (Stopwatch.StartNew(), RunId.New(workspace.Clock), RdsBackups.Of(cluster, workspace));
        var snapshot = await backups.TakeAsync($"{cluster.Managed!.Value.Identifier ?? cluster.Name}-{workspace.Clock.GetUtcNow():yyyyMMddHHmmss}", workspace.Progress, cancel);
        await new BackupRecord(cluster, workspace).AppendAsync(BackupRecord.TakenKind, run, new JsonObject { ["snapshot"] = snapshot.Label, ["duration_ms"] = Math.Round(watch.Elapsed.TotalMilliseconds, 1) }, cancel);
        return Report.Of(
            new TakeReport(cluster.Name, run, Of(snapshot), watch.Elapsed.TotalMilliseconds, 0, []), () => BackupJson.Default.TakeReport,
            [new Line($"{snapshot.Label}: {BackupText.Size(snapshot.Bytes)} of disk, taken by the service in {BackupText.Span(watch.Elapsed)}", Tone.Good), new Line("Its rows were not counted: 'lk backup restore' and a look are the proof that it can be used.", Tone.Muted)]);
    }

    public static async Task<Report> ListAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var backups = RdsBackups.Of(cluster, workspace);
        var (view, now) = (await backups.ReadAsync(cancel), workspace.Clock.GetUtcNow());
        var rpo = view.Latest is { } latest ? now - latest : (TimeSpan?)null;
        var alerts = new List<string>();
        if (!view.Exists)
            alerts.Add($"{cluster.Name} is not in the service: what is left are its snapshots");
        else if (view.Latest is null)
            alerts.Add($"the service keeps no log of {cluster.Name} to restore a moment from: automated backups are off (managed: backup_days)");
        IReadOnlyList<SpanReport> map = view is { Earliest: { } from, Latest: { } to } ? [new SpanReport(from, to, "claimed", null, "the service says so")] : [];
        var repository = new RepositoryReport(1, backups.Place, null, [.. view.Snapshots.Select(Of)], 0, 0, [], map, [], []);
        var text = new List<Block> { new Heading(backups.Place) };
        if (view.Snapshots.Count == 0)
            text.Add(new Line("no snapshot yet", Tone.Warning));
        else
            text.Add(new Table(["snapshot", "taken", "age", "disk", "by", "state"], [.. view.Snapshots.Select(one => (IReadOnlyList<Cell>)[one.Label, BackupText.Time(one.At), BackupText.Span(now - one.At), BackupText.Size(one.Bytes), one.IsAutomatic ? "the service" : one.IsOurs ? "lk" : "somebody", new Cell(one.Status, one.IsReady ? Tone.Good : Tone.Warning)])]));
        if (view.Latest is { } until)
            text.Add(new Line($"every moment {(view.Earliest is { } since ? $"from {BackupText.Time(since)} " : "")}to {BackupText.Time(until)} can be restored, as the service says"));
        text.AddRange(alerts.Select(alert => new Line(alert, Tone.Bad)));
        return Report.Of(new ListReport(cluster.Name, "rds", [repository], view.Latest, rpo?.TotalSeconds, null, DrillOverdue: false, alerts), () => BackupJson.Default.ListReport, text, alerts.Count > 0 ? ExitCode.Findings : ExitCode.Done);
    }

    // Target as it was typed: latest, or a time. Set: a snapshot. To: the new instance.
    public static async Task<Report> RestoreAsync(ClusterConfig cluster, string target, string? set, string? to, bool dryRun, Workspace workspace, CancellationToken cancel)
    {
        var backups = RdsBackups.Of(cluster, workspace);
        var view = await backups.ReadAsync(cancel);
        var (source, words) = Source(cluster, view, target, set);
        var name = to ?? $"{cluster.Managed!.Value.Identifier ?? cluster.Name}-restore-{workspace.Clock.GetUtcNow():yyyyMMddHHmmss}";
        var (watch, run) = (Stopwatch.StartNew(), RunId.New(workspace.Clock));
        if (dryRun)
            return Answer(new RestoreReport(cluster.Name, run, source.Snapshot?.Label ?? "", words, name, null, null, null, null, [], [], true), [new Line($"would restore {words} into a new instance {name}")]);
        var copy = await backups.RestoreAsync(source, name, workspace.Progress, cancel);
        await new BackupRecord(cluster, workspace).AppendAsync(BackupRecord.RestoredKind, run, new JsonObject { ["from"] = words, ["instance"] = copy.Name, ["duration_ms"] = Math.Round(watch.Elapsed.TotalMilliseconds, 1) }, cancel);
        return Answer(
            new RestoreReport(cluster.Name, run, source.Snapshot?.Label ?? "", words, copy.Name, copy.Host, copy.Port, source.Moment ?? source.Snapshot?.At, null, [new PhaseReport("restored", watch.Elapsed.TotalMilliseconds, null)], [], false),
            [
                new Line($"restored {words} into {copy.Name} in {BackupText.Span(watch.Elapsed)}", Tone.Good),
                new Line($"It answers at {copy.Host}:{copy.Port}, in the network and with the parameters of {cluster.Name}, and is not public.", Indent: 1),
                new Line($"'lk provision plan' with managed: {{ identifier: {copy.Name} }} says how it differs from the declaration; delete it in the service when it is no longer needed.", Tone.Muted, 1),
            ]);
    }

    public static async Task<Report> ExpireAsync(ClusterConfig cluster, string? set, bool yes, bool dryRun, Workspace workspace, CancellationToken cancel)
    {
        var backups = RdsBackups.Of(cluster, workspace);
        var view = await backups.ReadAsync(cancel);
        if (set is null)
            throw new LockkeeperException(KernelErrors.WrongUse, $"the service itself removes the automated snapshots of {cluster.Name}; of the others one must be named", "Name one with --set; 'lk backup list' shows them.");
        var snapshot = Known(view, set);
        if (!snapshot.IsOurs)
            throw new LockkeeperException(BackupErrors.UnknownSet, $"the snapshot {set} was {(snapshot.IsAutomatic ? "taken by the service, which removes it by itself" : "not taken by lk for this cluster")}", "Only snapshots that 'lk backup take' has taken are removed.");
        if (view.Snapshots.Count(one => one.IsReady) == 1 && view.Latest is null)
            throw new LockkeeperException(BackupErrors.LastProven, $"{set} is the only backup of {cluster.Name}", "Take another one first: lk backup take.");
        if (!yes && !dryRun)
            throw new LockkeeperException(KernelErrors.NeedsConfirmation, "1 snapshot would be removed", "Run it with --yes when that is what you want.") { Facts = [new ErrorFact("LOST", set)] };
        if (!dryRun)
        {
            await backups.RemoveAsync(snapshot, cancel);
            await new BackupRecord(cluster, workspace).AppendAsync(BackupRecord.ExpiredKind, RunId.New(workspace.Clock), new JsonObject { ["removed"] = new JsonArray(JsonValue.Create(set)) }, cancel);
        }

        return Report.Of(new ExpireReport(cluster.Name, [set], [.. view.Snapshots.Select(one => one.Label).Where(one => one != set)]), () => BackupJson.Default.ExpireReport, [new Line($"{(dryRun ? "would be removed" : "removed")}: {set}")]);
    }

    private static (ManagedSource Source, string Words) Source(ClusterConfig cluster, ManagedView view, string target, string? set)
    {
        if (set is not null)
        {
            var snapshot = Known(view, set);
            return snapshot.IsReady ? (new ManagedSource(snapshot, null), $"the snapshot {set}") : throw new LockkeeperException(BackupErrors.UnknownSet, $"the snapshot {set} is {snapshot.Status}", "Wait until it is available.");
        }

        if (target == "latest")
        {
            if (view.Latest is { } newest)
                return (new ManagedSource(null, null), $"the newest state, {BackupText.Time(newest)}");
            return view.Snapshots.LastOrDefault(one => one.IsReady) is { } last ? (new ManagedSource(last, null), $"the newest snapshot, {last.Label}") : throw new LockkeeperException(BackupErrors.UnknownSet, $"there is no backup of {cluster.Name} in the service", "Take one: lk backup take.");
        }

        if (!DateTimeOffset.TryParse(target, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{target}' is not a moment that a managed service can restore", "Give latest, a time with its zone such as 2026-11-22T09:45:00Z, or a snapshot with --set.");
        if (view.Latest is not { } until || moment > until || (view.Earliest is { } since && moment < since))
        {
            throw new LockkeeperException(
                BackupErrors.OutOfRange, $"{BackupText.Time(moment)} cannot be restored", view.Latest is { } end ? $"The service has every moment {(view.Earliest is { } begin ? $"from {BackupText.Time(begin)} " : "")}to {BackupText.Time(end)}." : "The service keeps no log to restore a moment from; restore a snapshot with --set.");
        }

        return (new ManagedSource(null, moment), BackupText.Time(moment));
    }

    private static ManagedSnapshot Known(ManagedView view, string set) => view.Snapshots.FirstOrDefault(one => one.Label == set) ?? throw new LockkeeperException(BackupErrors.UnknownSet, $"there is no snapshot {set}", "'lk backup list' shows them.");

    private static SetReport Of(ManagedSnapshot one) => new(one.Label, one.IsAutomatic ? "automated" : "snapshot", 1, one.At, one.At, one.Bytes, one.Bytes, one.Bytes, null, null, Proven: false, one.IsReady ? null : one.Status);

    private static Report Answer(RestoreReport report, IReadOnlyList<Block> text) => Report.Of(report, () => BackupJson.Default.RestoreReport, text);
}
