using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup expire</c>.</summary>
internal static class Expire
{
    private static readonly Parameter Set = new("set", ParameterKind.Text, "One backup, with those that need it; by default what retention no longer keeps") { ValueName = "LABEL" };

    private static readonly Parameter Repository = new("repository", ParameterKind.Integer, "The number of the repository") { Default = "1" };

    public static Verb Declare() => new()
    {
        Path = "backup expire",
        Summary = "remove backups that are no longer kept",
        Details = "The last backup that a drill has restored is never removed, whatever retention says of it. Retention is also applied after each backup.",
        Effect = VerbEffect.Changes,
        Parameters = [BackupChoice.Name, Set, Repository],
        Examples = [new VerbExample("lk backup expire shop-prod --set 20261122-030001F --yes", "removes one backup and those that need it")],
        ReportType = () => BackupJson.Default.ExpireReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.WithManaged(call), call.Workspace);
        if (cluster.Managed is not null)
            return await ManagedVerbs.ExpireAsync(cluster, call.Text(Set), call.Yes, call.DryRun, workspace, cancel);
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel, mayBeDown: true);
        var number = (int)call.Integer(Repository)!.Value;
        var view = await target.RepositoryAsync(number, cancel);
        var label = call.Text(Set);
        if (label is not null && view.Sets.All(set => set.Label != label))
            throw new LockkeeperException(BackupErrors.UnknownSet, $"there is no backup {label} in {view.Place}", "'lk backup list' shows them.");
        var gone = label is null ? [] : view.Sets.Where(set => set.Label == label || set.Needs.Contains(label)).Select(set => set.Label).ToList();
        if (Retention.LastProven(view.Sets, await target.Record.EvidenceAsync(cancel)) is { } proven && gone.Contains(proven.Label))
            throw new LockkeeperException(BackupErrors.LastProven, $"{proven.Label} is the last backup that a drill has restored", "Drill a newer one first: lk backup drill. Until then it stays.");
        if (label is not null && !call.Yes && !call.DryRun)
            throw new LockkeeperException(KernelErrors.NeedsConfirmation, $"{gone.Count} {(gone.Count == 1 ? "backup" : "backups")} would be removed", "Run it with --yes when that is what you want.") { Facts = [.. gone.Select(one => new ErrorFact("LOST", one))] };
        var (keeper, text) = ((string?)null, new List<Block>());
        if (!call.DryRun)
            (gone, keeper) = await ExpireAsync(target, number, label, workspace, cancel);
        var kept = view.Sets.Select(set => set.Label).Except(gone).ToList();
        text.Add(new Line(gone.Count == 0 ? "nothing to remove" : $"{(call.DryRun ? "would be removed" : "removed")}: {string.Join(", ", gone)}"));
        text.Add(new Line($"kept: {kept.Count}", Tone.Muted));
        if (keeper is not null)
            text.Add(new Line($"more than the policy asks for, since {keeper} is the last one that a drill has restored: lk backup drill", Tone.Warning));
        return Report.Of(new ExpireReport(cluster.Name, gone, kept), () => BackupJson.Default.ExpireReport, text);
    }

    private static async Task<(List<string> Removed, string? Keeper)> ExpireAsync(BackupTarget target, int number, string? label, Workspace workspace, CancellationToken cancel)
    {
        var (removed, kept) = await new ExpiryRun(target, workspace.Clock).RunAsync(RunId.New(workspace.Clock), number, label, cancel);
        return ([.. removed], kept.Proven);
    }
}
