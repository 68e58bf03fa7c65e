using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup verify</c>.</summary>
internal static class Verify
{
    public static Verb Declare() => new()
    {
        Path = "backup verify",
        Summary = "read every file of the repositories, compare checksums, and look for holes in the WAL",
        Details = "Exit code 1 when something is damaged or missing. What this cannot see, such as a backup that was damaged before it was written, a drill does.",
        Effect = VerbEffect.Reads,
        Parameters = [BackupChoice.Name],
        Examples = [new VerbExample("lk backup verify shop-prod", "reads and checks all backups and WAL of the cluster")],
        ReportType = () => BackupJson.Default.VerifyReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.Of(call), call.Workspace);
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel, mayBeDown: true);
        var (damaged, holes, broken, text) = (new List<string>(), new List<HoleReport>(), new List<string>(), new List<Block>());
        foreach (var view in await target.Engine.ReadAsync(cancel))
        {
            workspace.Progress.Now($"reading all of {view.Place}");
            // Of a repository that cannot be read, pgBackRest's verify finds nothing wrong: there is nothing that it could look at.
            IReadOnlyList<DamagedPart> found = view.Problem is { } problem ? [new DamagedPart([], $"cannot be used: {problem}")] : await target.Engine.VerifyAsync(view.Number, cancel);
            var map = RecoverabilityMap.Of(view.Sets, view.Archive, [], workspace.Clock.GetUtcNow());
            workspace.Progress.Now(null);
            damaged.AddRange(found.Select(one => $"{view.Place}: {one.Words}"));
            holes.AddRange(map.Holes.Select(BackupText.Report));
            broken.AddRange(map.BrokenSets.Select(one => $"{one.Key}: {one.Value}"));
            text.Add(new Heading(view.Place));
            text.AddRange(found.Select(one => new Line(one.Words, Tone.Bad)));
            text.AddRange(map.Holes.Select(hole => new Line($"{hole.Segments} WAL {(hole.Segments == 1 ? "segment is" : "segments are")} missing from {hole.First} on: what was committed after {BackupText.Time(hole.From)} cannot be restored from the backups before it", Tone.Bad)));
            text.AddRange(map.BrokenSets.Select(one => new Line($"{one.Key} cannot be restored: {one.Value}", Tone.Bad)));
            if (found.Count + map.Holes.Count + map.BrokenSets.Count == 0)
                text.Add(new Line($"{view.Sets.Count} backups and {view.Archive.Segments.Count} WAL segments are whole, without a hole", Tone.Good));
        }

        return Report.Of(new VerifyReport(cluster.Name, damaged, holes, broken), () => BackupJson.Default.VerifyReport, text, damaged.Count + holes.Count + broken.Count > 0 ? ExitCode.Findings : ExitCode.Done);
    }
}
