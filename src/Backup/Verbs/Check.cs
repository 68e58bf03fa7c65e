using System.Diagnostics;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.PostgreSql.Archiving;
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
        Details = "Looks whether all is set up as declared, then makes the server switch to a new WAL segment and waits until its own archive command has brought the old one into each repository.",
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
        call.Workspace.Progress.Now(null);
        return Report.Of(
            new CheckReport(cluster.Name, watch.Elapsed.TotalMilliseconds), () => BackupJson.Default.CheckReport,
            [new Line($"a segment of {cluster.Name} reached {(target.Policy.Repositories.Count == 1 ? "the repository" : "each repository")} in {BackupText.Span(watch.Elapsed)}", Tone.Good)]);
    }
}
