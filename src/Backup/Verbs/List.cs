using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup list</c>.</summary>
internal static class List
{
    public static Verb Declare() => new()
    {
        Path = "backup list",
        Summary = "show the backups of a cluster, and which moments can be restored",
        Details = "The recoverability map is computed from the sets, the archive's own listing with its timelines, and the drills; nothing is taken from what the backup program says of itself. Exit code 1 when the policy is not kept: a hole in the WAL, "
            + "more to lose than rpo allows, or a drill that is overdue or failed.",
        Effect = VerbEffect.Reads,
        Parameters = [BackupChoice.Name],
        Examples = [new VerbExample("lk backup list shop-prod", "shows sets, sizes, WAL and the map")],
        ReportType = () => BackupJson.Default.ListReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.WithManaged(call), call.Workspace);
        if (cluster.Managed is not null)
            return await ManagedVerbs.ListAsync(cluster, workspace, cancel);
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel, mayBeDown: true);
        var look = await BackupLook.AtAsync(target, workspace, cancel);
        var newest = look.Newest;
        var report = new ListReport(
            cluster.Name, target.Engine.Name, [.. look.Maps.Select(one => Facts(one.View, one.Map, look.Drills, target.Site.SegmentBytes))], newest, newest is { } until ? (look.Now - until).TotalSeconds : null,
            (string?)look.LastDrill?["at"], look.Alerts.Any(PolicyAlerts.IsAboutDrills), [.. look.Alerts.Select(alert => alert.Message)]);
        var text = new List<Block>();
        foreach (var (view, map) in look.Maps)
            text.AddRange(Text(view, map, look.Drills, look.Now));
        text.AddRange(look.Alerts.Select(alert => new Line(alert.Message, Tone.Bad)));
        return Report.Of(report, () => BackupJson.Default.ListReport, text, look.Alerts.Count > 0 ? ExitCode.Findings : ExitCode.Done);
    }

    private static RepositoryReport Facts(RepositoryView view, RecoverabilityMap map, IReadOnlyList<DrillEvidence> drills, int segmentBytes) => new(
        view.Number, view.Place, view.Problem, [.. view.Sets.Select(set => BackupText.Report(set, map, drills, segmentBytes))], view.Archive.Segments.Count, view.Archive.Segments.Sum(one => one.Bytes),
        [.. view.Archive.Segments.Select(one => one.Segment.Timeline).Distinct()], [.. map.Spans.Select(span => new SpanReport(span.From, span.To, BackupText.State(span.State), span.Set, span.Why))], [.. map.Holes.Select(BackupText.Report)],
        [.. map.ClockSteps.Select(step => new ClockStepReport(step.Segment, step.From, step.To))]);

    private static IEnumerable<Block> Text(RepositoryView view, RecoverabilityMap map, IReadOnlyList<DrillEvidence> drills, DateTimeOffset now)
    {
        yield return new Heading(view.Place);
        if (view.Problem is { } problem)
            yield return new Line($"cannot be used: {problem}", Tone.Bad);
        if (view.Sets.Count == 0)
        {
            yield return new Line("no backup yet", Tone.Warning);
            yield break;
        }

        yield return new Table(["backup", "kind", "ended", "age", "database", "copied", "in the repository", "state"], [.. view.Sets.Select(set => (IReadOnlyList<Cell>)
        [
            set.Label, BackupText.Kind(set.Kind), BackupText.Time(set.Ended), BackupText.Span(now - set.Ended), BackupText.Size(set.DatabaseBytes), BackupText.Size(set.CopiedBytes), BackupText.Size(set.RepositoryBytes), State(set, map, drills),
        ])]);
        yield return new Line($"WAL: {view.Archive.Segments.Count} segments, {BackupText.Size(view.Archive.Segments.Sum(one => one.Bytes))}, timeline {string.Join(" and ", view.Archive.Segments.Select(one => one.Segment.Timeline).Distinct())}", Tone.Muted);
        yield return new Heading("Which moments can be restored");
        foreach (var block in BackupText.Map(map))
            yield return block;
    }

    private static Cell State(BackupSet set, RecoverabilityMap map, IReadOnlyList<DrillEvidence> drills)
    {
        if (map.BrokenSets.TryGetValue(set.Label, out var why))
            return new Cell($"broken: {why}", Tone.Bad);
        return drills.Where(drill => drill.Set == set.Label).MaxBy(drill => drill.At) is { Failure: null } ? new Cell("proven by a drill", Tone.Good) : "claimed";
    }
}
