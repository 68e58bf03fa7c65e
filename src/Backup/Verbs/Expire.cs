using System.Text.Json.Nodes;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.Evidence;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.PostgreSql.Evidence;
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
        var (cluster, workspace) = (BackupChoice.Of(call), call.Workspace);
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel, mayBeDown: true);
        var number = (int)call.Integer(Repository)!.Value;
        var view = (await target.Engine.ReadAsync(cancel)).FirstOrDefault(one => one.Number == number) ?? throw new LockkeeperException(KernelErrors.WrongUse, $"there is no repository {number}", "'lk backup list' shows them.");
        var label = call.Text(Set);
        if (label is not null && view.Sets.All(set => set.Label != label))
            throw new LockkeeperException(BackupErrors.UnknownSet, $"there is no backup {label} in {view.Place}", "'lk backup list' shows them.");
        var proven = (await target.Record.EvidenceAsync(cancel)).Where(drill => drill.Failure is null && view.Sets.Any(set => set.Label == drill.Set)).MaxBy(drill => drill.At)?.Set;
        var gone = label is null ? [] : view.Sets.Where(set => set.Label == label || set.Needs.Contains(label)).Select(set => set.Label).ToList();
        if (proven is not null && (gone.Contains(proven) || (label is null && !call.DryRun && await WouldExpireAsync(target, view, proven))))
            throw new LockkeeperException(BackupErrors.LastProven, $"{proven} is the last backup that a drill has restored", "Drill a newer one first: lk backup drill. Until then it stays.");
        if (label is not null && !call.Yes && !call.DryRun)
            throw new LockkeeperException(KernelErrors.NeedsConfirmation, $"{gone.Count} {(gone.Count == 1 ? "backup" : "backups")} would be removed", "Run it with --yes when that is what you want.") { Facts = [.. gone.Select(one => new ErrorFact("LOST", one))] };
        if (!call.DryRun)
        {
            await target.Engine.ExpireAsync(number, label, cancel);
            var left = (await target.Engine.ReadAsync(cancel)).First(one => one.Number == number).Sets.Select(set => set.Label).ToHashSet(StringComparer.Ordinal);
            gone = [.. view.Sets.Select(set => set.Label).Where(one => !left.Contains(one))];
            await target.Record.AppendAsync(BackupRecord.ExpiredKind, RunId.New(workspace.Clock), new JsonObject { ["repository"] = number, ["removed"] = new JsonArray([.. gone.Select(one => JsonValue.Create(one))]) }, cancel);
        }

        var kept = view.Sets.Select(set => set.Label).Except(gone).ToList();
        return Report.Of(new ExpireReport(cluster.Name, gone, kept), () => BackupJson.Default.ExpireReport,
            [new Line(gone.Count == 0 ? "nothing to remove" : $"{(call.DryRun ? "would be removed" : "removed")}: {string.Join(", ", gone)}"), new Line($"kept: {kept.Count}", Tone.Muted)]);
    }

    /// <summary>Whether retention would remove a set: by count, full backups beyond the newest ones with all that need them.</summary>
    private static Task<bool> WouldExpireAsync(BackupTarget target, Sets.RepositoryView view, string label)
    {
        var policy = target.Policy.Repositories[view.Number - 1].Value;
        if (policy.Days is not null)
            return Task.FromResult(false);
        var full = view.Sets.Where(set => set.Kind == Sets.BackupKind.Full).Select(set => set.Label).SkipLast(policy.FullBackups).ToHashSet(StringComparer.Ordinal);
        var set = view.Sets.First(one => one.Label == label);
        return Task.FromResult(full.Contains(label) || set.Needs.Any(full.Contains));
    }
}
