using System.Globalization;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup alerts</c>.</summary>
internal static class Alerts
{
    public static Verb Declare() => new()
    {
        Path = "backup alerts",
        Summary = "say where the backup policy of a cluster is not kept, and do what it says about holes",
        Details = "For a timer. Looks for no backup, a repository that cannot be read, holes in the WAL, archiving that fails, more to lose than rpo allows, more than retention keeps, and a drill that failed, is overdue or never was. "
            + "With 'on_hole: full' a full backup is taken at once into a repository with a hole that nothing was backed up after. Alerts that begin or end are entries of the ledger. Exit code 1 when there is one.",
        Effect = VerbEffect.Local,
        Parameters = [BackupChoice.Name],
        Examples = [new VerbExample("lk backup alerts shop-prod", "says what is not as the policy wants it")],
        ReportType = () => BackupJson.Default.AlertsReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.WithManaged(call), call.Workspace);
        if (cluster.Managed is not null)
        {
            var there = await ManagedLook.AtAsync(cluster, workspace, cancel);
            await new BackupRecord(cluster, workspace).AlertsAsync(RunId.New(workspace.Clock), there.Alerts, cancel);
            return Answer(cluster, there.Alerts, []);
        }

        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel, mayBeDown: true);
        var run = RunId.New(workspace.Clock);
        var look = await BackupLook.AtAsync(target, workspace, cancel);
        // Said before anything is done about it: what is done may take hours.
        await target.Record.AlertsAsync(run, look.Alerts, cancel);
        var done = target.Policy.OnHole == OnHole.Full ? await MendAsync(target, look, run, workspace, cancel) : [];
        return Answer(cluster, look.Alerts, done);
    }

    private static Report Answer(ClusterConfig cluster, IReadOnlyList<Finding> alerts, IReadOnlyList<string> done) => Report.Of(
        new AlertsReport(cluster.Name, [.. alerts.Select(Facts)], done), () => BackupJson.Default.AlertsReport,
        [.. alerts.SelectMany(Text), .. done.Select(one => new Line(one, Tone.Warning)), .. alerts.Count == 0 ? [new Line($"the backups of {cluster.Name} are as the policy wants them", Tone.Good)] : Array.Empty<Line>()],
        alerts.Count > 0 ? ExitCode.Findings : ExitCode.Done);

    /// <summary>Takes a full backup where there is a hole that none was taken after.</summary>
    private static async Task<IReadOnlyList<string>> MendAsync(BackupTarget target, BackupLook look, string run, Workspace workspace, CancellationToken cancel)
    {
        var numbers = look.Maps.Where(one => PolicyAlerts.HasHole(look.Alerts, one.View)).Select(one => one.View.Number).ToList();
        if (numbers.Count == 0)
            return [];
        try
        {
            var taken = await new TakeRun(target, workspace).RunAsync(run, BackupKind.Full, numbers, withManifest: true, cancel);
            return [.. taken.Views.Select(view => $"{view.Sets[^1].Label}, a full backup, was taken into {view.Place} for the hole: from {BackupText.Time(view.Sets[^1].Ended)} on all can be restored again")];
        }
        catch (LockkeeperException e) when (!cancel.IsCancellationRequested)
        {
            return [$"the full backup for the hole could not be taken: {e.Message}"];
        }
    }

    private static AlertReport Facts(Finding alert) => new(alert.Rule, alert.Severity.ToString().ToLower(CultureInfo.InvariantCulture), alert.Subject, alert.Message, alert.Hint, alert.At?.ToString());

    private static IEnumerable<Block> Text(Finding alert)
    {
        yield return new Line($"{alert.Rule}: {alert.Message}", alert.Severity == Severity.Error ? Tone.Bad : Tone.Warning);
        if (alert.Hint is { } hint)
            yield return new Line(hint, Tone.Muted, 1);
    }
}
