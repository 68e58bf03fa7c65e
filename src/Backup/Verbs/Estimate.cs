using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.PostgreSql.Restoring;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup estimate</c>.</summary>
internal static class Estimate
{
    public static Verb Declare() => new()
    {
        Path = "backup estimate",
        Summary = "say how long a restore would take now, and how much room it needs",
        Details = "Scales what the last drills took by the size of the newest backup and of the WAL after it; of what a managed service runs, says what they took.",
        Effect = VerbEffect.Reads,
        Parameters = [BackupChoice.Name],
        Examples = [new VerbExample("lk backup estimate shop-prod", "says time and room of a restore")],
        ReportType = () => BackupJson.Default.EstimateReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.WithManaged(call), call.Workspace);
        if (cluster.Managed is not null)
            return await ManagedVerbs.EstimateAsync(cluster, workspace, cancel);
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel, mayBeDown: true);
        var view = (await target.Engine.ReadAsync(cancel))[0];
        var set = SetChoice.Of(view, RecoverabilityMap.Of(view.Sets, view.Archive, await target.Record.EvidenceAsync(cancel), workspace.Clock.GetUtcNow()), null, null);
        var forecast = Forecast.Of(await target.Record.DrillsAsync(cancel), set, view);
        var wal = Forecast.WalBytes(set, view);
        var report = new EstimateReport(cluster.Name, set.Label, forecast?.Expected.TotalSeconds, forecast?.Low.TotalSeconds, forecast?.High.TotalSeconds, set.DatabaseBytes, wal, forecast?.Drills ?? 0);
        return Report.Of(report, () => BackupJson.Default.EstimateReport,
        [
            new Line($"the newest backup, {set.Label}: {BackupText.Size(set.DatabaseBytes)}, with {BackupText.Size(wal)} of compressed WAL after it"),
            forecast is null ? new Line("no drill has measured a restore yet: lk backup drill", Tone.Warning) : new Line($"a restore would take about {BackupText.Span(forecast.Expected)} ({BackupText.Span(forecast.Low)} to {BackupText.Span(forecast.High)} by {forecast.Drills} {(forecast.Drills == 1 ? "drill" : "drills")})"),
        ]);
    }
}
