using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup beacon</c>.</summary>
internal static class BeaconVerb
{
    private static readonly Parameter Every = new("every", ParameterKind.Duration, "How often a row is written") { Default = "1s" };

    private static readonly Parameter For = new("for", ParameterKind.Duration, "How long; by default until it is stopped");

    public static Verb Declare() => new()
    {
        Path = "backup beacon",
        Summary = "write a row a second by which drills prove that nothing is missing",
        Details = "Keeps a table lockkeeper.beacon in the administrator's database, each row with the hash of the one before. In a restored copy the chain shows that all that was committed up to a moment is there, and nothing after it, and the newest row what would have been lost. "
            + "Run it as a service beside the server. Rows are kept for 35 days, about 100 bytes each.",
        Effect = VerbEffect.Changes,
        HasDryRun = false,
        Parameters = [BackupChoice.Name, Every, For],
        Examples = [new VerbExample("lk backup beacon shop-prod", "writes until it is stopped")],
        ReportType = () => BackupJson.Default.BeaconReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.Of(call), call.Workspace);
        var written = await BeaconWriter.WriteAsync(cluster, workspace, call.Duration(Every)!.Value, call.Duration(For) is { } span ? workspace.Clock.GetUtcNow() + span : null, cancel);
        return Report.Of(new BeaconReport(cluster.Name, written), () => BackupJson.Default.BeaconReport, [new Line($"{written} rows written")]);
    }
}
