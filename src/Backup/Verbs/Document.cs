using System.Globalization;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.Documents;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup document</c>.</summary>
internal static class Document
{
    private static readonly Parameter To = new("to", ParameterKind.Text, "The file to write; by default it is printed") { ValueName = "FILE" };

    public static Verb Declare() => new()
    {
        Path = "backup document",
        Summary = "write the page that is read on the day of a disaster",
        Details = "Markdown, from facts: what can be restored now and how, which credentials that takes (by name, never their values), where the backups are, what drills have measured, and what the last one ran with what it said. Write it after each drill, and keep it where it can be read when the server cannot.",
        Effect = VerbEffect.Local,
        Parameters = [BackupChoice.Name, To],
        Examples = [new VerbExample("lk backup document shop-prod --to docs/disaster-recovery.md", "writes the page")],
        ReportType = () => BackupJson.Default.DocumentReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.WithManaged(call), call.Workspace);
        var page = cluster.Managed is not null
            ? ManagedRecoveryPage.Of(cluster, await ManagedLook.AtAsync(cluster, workspace, cancel), await LedgerAsync(workspace, cancel))
            : await PageAsync(cluster, workspace, cancel);
        if (call.Text(To) is not { } to)
            return Report.Of(new DocumentReport(cluster.Name, null, page), () => BackupJson.Default.DocumentReport, [new Code(page, "markdown")]);
        var file = Path.GetFullPath(to, workspace.Folder);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, page, cancel);
        return Report.Of(new DocumentReport(cluster.Name, file, page), () => BackupJson.Default.DocumentReport, [new Line($"written: {to}", Tone.Good)]);
    }

    private static async Task<string> PageAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel, mayBeDown: true);
        return RecoveryPage.Of(await FactsAsync(target, workspace, cancel));
    }

    private static async Task<RecoveryFacts> FactsAsync(BackupTarget target, Workspace workspace, CancellationToken cancel)
    {
        var (look, site) = (await BackupLook.AtAsync(target, workspace, cancel), target.Site);
        var drills = await target.Record.DrillsAsync(cancel);
        var (view, set) = look.Maps.Select(one => (one.View, Set: one.View.Sets.LastOrDefault())).FirstOrDefault(one => one.Set is not null);
        return new RecoveryFacts
        {
            Cluster = target.Cluster,
            Now = look.Now,
            Server = new ServerPlace(site.Host.Name, site.Major, site.DataDirectory, site.Port, site.User, site.Programs, site.ConfigFile),
            Maps = look.Maps,
            Alerts = look.Alerts,
            Drills = drills,
            Forecast = set is null ? null : Forecast.Of(drills, set, view),
            Ledger = await LedgerAsync(workspace, cancel),
        };
    }

    /// <summary>What the page rests on is only worth as much as the chain that it is signed by.</summary>
    private static async Task<string> LedgerAsync(Workspace workspace, CancellationToken cancel)
    {
        var answer = await ChainCheck.RunAsync(workspace.Ledger, null, cancel);
        return answer.Problem is { } problem ? $"which was tampered with: {problem.Words}" : string.Create(CultureInfo.InvariantCulture, $"whole up to entry {answer.Last.Number}, hash {answer.Last.Hash[..16]}");
    }
}
