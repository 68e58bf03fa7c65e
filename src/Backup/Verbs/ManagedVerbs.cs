using System.Diagnostics;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Rds;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary>What take, list, estimate, restore and expire do for a cluster that a managed service runs.</summary>
internal static class ManagedVerbs
{
    public static async Task<Report> TakeAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var (watch, run, backups) = (Stopwatch.StartNew(), RunId.New(workspace.Clock), RdsBackups.Of(cluster, workspace));
        var snapshot = await backups.TakeAsync($"{cluster.Managed!.Value.Identifier ?? cluster.Name}-{workspace.Clock.GetUtcNow():yyyyMMddHHmmss}", workspace.Progress, cancel);
        await new BackupRecord(cluster, workspace).AppendAsync(BackupRecord.TakenKind, run, new JsonObject { ["snapshot"] = snapshot.Label, ["duration_ms"] = Math.Round(watch.Elapsed.TotalMilliseconds, 1) }, cancel);
        return Report.Of(
            new TakeReport(cluster.Name, run, Of(snapshot), watch.Elapsed.TotalMilliseconds, 0, []), () => BackupJson.Default.TakeReport,
            [new Line($"{snapshot.Label}: {BackupText.Size(snapshot.Bytes)} of disk, taken by the service in {BackupText.Span(watch.Elapsed)}", Tone.Good), new Line("Its rows were not counted: 'lk backup drill' is the proof that it can be used.", Tone.Muted)]);
    }

    public static async Task<Report> ListAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var look = await ManagedLook.AtAsync(cluster, workspace, cancel);
        var (view, now) = (look.View, look.Now);
        var repository = new RepositoryReport(1, look.Place, null, [.. view.Snapshots.Select(one => Of(one, ManagedMap.IsProven(one.Label, look.Evidence)))], 0, 0, [], [.. look.Map.Spans.Select(span => new SpanReport(span.From, span.To, BackupText.State(span.State), span.Set, span.Why))], [], []);
        var text = new List<Block> { new Heading(look.Place) };
        if (view.Snapshots.Count == 0)
            text.Add(new Line("no snapshot yet", Tone.Warning));
        else
            text.Add(new Table(["snapshot", "taken", "age", "disk", "by", "state"], [.. view.Snapshots.Select(one => (IReadOnlyList<Cell>)[one.Label, BackupText.Time(one.At), BackupText.Span(now - one.At), BackupText.Size(one.Bytes), one.IsAutomatic ? "the service" : one.IsOurs ? "lk" : "somebody", State(one, look)])]));
        if (view.Latest is { } until)
            text.Add(new Line($"every moment {(view.Earliest is { } since ? $"from {BackupText.Time(since)} " : "")}to {BackupText.Time(until)} can be restored, as the service says"));
        if (look.LastDrill is not null)
            text.AddRange(BackupText.Map(look.Map));
        text.AddRange(look.Alerts.Select(alert => new Line(alert.Message, Tone.Bad)));
        var report = new ListReport(
            cluster.Name, "rds", [repository], view.Latest, view.Latest is { } latest ? (now - latest).TotalSeconds : null, (string?)look.LastDrill?["at"], look.Alerts.Any(PolicyAlerts.IsAboutDrills), [.. look.Alerts.Select(alert => alert.Message)]);
        return Report.Of(report, () => BackupJson.Default.ListReport, text, look.Alerts.Count > 0 ? ExitCode.Findings : ExitCode.Done);
    }

    public static async Task<Report> EstimateAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var look = await ManagedLook.AtAsync(cluster, workspace, cancel);
        var (newest, forecast) = (look.View.NewestSnapshot, Forecast.OfManaged(look.Drills));
        var report = new EstimateReport(cluster.Name, newest?.Label, forecast?.Expected.TotalSeconds, forecast?.Low.TotalSeconds, forecast?.High.TotalSeconds, newest?.Bytes ?? 0, 0, forecast?.Drills ?? 0);
        return Report.Of(report, () => BackupJson.Default.EstimateReport,
        [
            new Line(newest is null ? "there is no snapshot that can be restored" : $"the newest snapshot, {newest.Label}: {BackupText.Size(newest.Bytes)} of disk"),
            forecast is null ? new Line("no drill has measured a restore yet: lk backup drill", Tone.Warning)
                : new Line($"a restore would take about {BackupText.Span(forecast.Expected)} ({BackupText.Span(forecast.Low)} to {BackupText.Span(forecast.High)} by {forecast.Drills} {(forecast.Drills == 1 ? "drill" : "drills")}) until it can be connected to; what is read first is slow, since the service fetches it then"),
        ]);
    }

    // Target as it was typed: latest, or a time. Set: a snapshot. To: the new instance.
    public static async Task<Report> RestoreAsync(ClusterConfig cluster, string target, string? set, string? to, bool dryRun, Workspace workspace, CancellationToken cancel)
    {
        var backups = RdsBackups.Of(cluster, workspace);
        var view = await backups.ReadAsync(cancel);
        var choice = ManagedChoice.Of(cluster.Name, view, target, set);
        var (source, words) = (choice.Source, choice.Words);
        var name = to ?? $"{cluster.Managed!.Value.Identifier ?? cluster.Name}-restore-{workspace.Clock.GetUtcNow():yyyyMMddHHmmss}";
        var (watch, run) = (Stopwatch.StartNew(), RunId.New(workspace.Clock));
        if (dryRun)
            return Answer(new RestoreReport(cluster.Name, run, source.Snapshot?.Label ?? "", words, name, null, null, null, null, [], [], true), [new Line($"would restore {words} into a new instance {name}")]);
        var copy = await backups.RestoreAsync(source, new CopyWish(name, cluster.Managed!.Value.Patience), workspace.Progress, cancel);
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
        var snapshot = ManagedChoice.Known(view, set);
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

    private static Cell State(ManagedSnapshot one, ManagedLook look) => look.Evidence.Where(drill => drill.Set == one.Label).MaxBy(drill => drill.At) switch
    {
        { Failure: { } failure } => new Cell($"{one.Status}, its drill failed: {failure}", Tone.Bad),
        not null => new Cell($"{one.Status}, proven by a drill", Tone.Good),
        null => new Cell(one.Status, one.IsReady ? Tone.Good : Tone.Warning),
    };

    private static SetReport Of(ManagedSnapshot one, bool isProven = false) => new(one.Label, one.IsAutomatic ? "automated" : "snapshot", 1, one.At, one.At, one.Bytes, one.Bytes, one.Bytes, null, null, isProven, one.IsReady ? null : one.Status);

    private static Report Answer(RestoreReport report, IReadOnlyList<Block> text) => Report.Of(report, () => BackupJson.Default.RestoreReport, text);
}
