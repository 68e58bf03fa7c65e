using System.Diagnostics;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.PostgreSql.Archiving;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup check</c>.</summary>
internal static class Check
{
    public static Verb Declare() => new()
    {
        Path = "backup check",
        Summary = "prove that WAL reaches the repositories of a cluster",
        Details = "Looks whether all is set up as declared, then makes the server switch to a new WAL segment and waits until its own archive command has brought the old one into each repository. Exit code 1 when the clock that dates a repository's files and the server's are more than half a minute apart: the map and --target TIME then speak of different times.",
        Effect = VerbEffect.Reads,
        Parameters = [BackupChoice.Name],
        Examples = [new VerbExample("lk backup check shop-prod", "proves archiving from end to end")],
        ReportType = () => BackupJson.Default.CheckReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var cluster = BackupChoice.Of(call);
        await using var target = await BackupTarget.OpenAsync(cluster, call.Workspace, cancel);
        await target.RequireSetUpAsync(cancel);
        var watch = Stopwatch.StartNew();
        call.Workspace.Progress.Now("waiting for a segment to arrive");
        await ArchivingProof.MakeAsync(target, cancel);
        var took = watch.Elapsed;
        var apart = await ClocksAsync(target, cancel);
        call.Workspace.Progress.Now(null);
        return Report.Of(
            new CheckReport(cluster.Name, took.TotalMilliseconds, [.. apart.Select(one => new ClockGapReport(one.View.Number, one.Gap.TotalSeconds))]), () => BackupJson.Default.CheckReport,
            [
                new Line($"a segment of {cluster.Name} reached {(target.Policy.Repositories.Count == 1 ? "the repository" : "each repository")} in {BackupText.Span(took)}", Tone.Good),
                .. apart.Select(one => new Line($"the clock of {one.View.Place} is {BackupText.Span(one.Gap.Duration())} {(one.Gap > TimeSpan.Zero ? "ahead of" : "behind")} the server's: set them right, or restore to a place in the log or a restore point, not to a time", Tone.Bad)),
            ], apart.Count > 0 ? ExitCode.Findings : ExitCode.Done);
    }

    /// <summary>The repositories whose clock is not the server's.</summary>
    private static async Task<List<(RepositoryView View, TimeSpan Gap)>> ClocksAsync(BackupTarget target, CancellationToken cancel)
    {
        if (await ArchivingReading.TryAsync(target, cancel) is not { } state)
            return [];
        return [.. (await target.Engine.ReadAsync(cancel)).Select(view => (View: view, Gap: state.ClockGap(view))).Where(one => one.Gap is not null).Select(one => (one.View, one.Gap!.Value))];
    }
}
