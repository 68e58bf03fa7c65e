using System.Diagnostics;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup take</c>.</summary>
internal static class Take
{
    private static readonly Parameter Type = new("type", ParameterKind.Choice, "What it holds: everything, or what has changed since the last full one, or since the last one of any kind")
    {
        Default = "incremental", Choices = ["full", "differential", "incremental"],
    };

    private static readonly Parameter Repository = new("repository", ParameterKind.Integer, "The number of the repository, from 1 on; by default each of them");

    private static readonly Parameter NoManifest = new("no-manifest", ParameterKind.Flag, "Do not count and hash the tables for drills to compare with");

    public static Verb Declare() => new()
    {
        Path = "backup take",
        Summary = "take a backup of a cluster",
        Details = "Takes a backup into each repository, then counts and hashes the tables at a known place of the log, for drills to compare with. For that writers are held back for at most half a second; a table whose writers do not let go is left "
            + "out, and that is said. The first backup of a repository is a full one. At the end goes what retention no longer keeps, but never the last backup that a drill has restored.",
        Effect = VerbEffect.Local,
        Parameters = [BackupChoice.Name, Type, Repository, NoManifest],
        Examples = [new VerbExample("lk backup take shop-prod", "backs up what has changed"), new VerbExample("lk backup take shop-prod --type full", "backs up everything")],
        ReportType = () => BackupJson.Default.TakeReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.WithManaged(call), call.Workspace);
        if (cluster.Managed is not null)
            return await ManagedVerbs.TakeAsync(cluster, workspace, cancel);
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel);
        await target.RequireSetUpAsync(cancel);
        var (watch, run) = (Stopwatch.StartNew(), RunId.New(workspace.Clock));
        var kind = call.Required(Type) switch { "full" => BackupKind.Full, "differential" => BackupKind.Differential, _ => BackupKind.Incremental };
        var taken = await new TakeRun(target, workspace).RunAsync(run, kind, Repositories(call, target), !call.Flag(NoManifest), cancel);
        var (view, set) = (taken.Views[0], taken.Views[0].Sets[^1]);
        if (set.HasPageErrors)
            throw new LockkeeperException(BackupErrors.PageErrors, $"the backup {set.Label} was taken, and pages of the database have a wrong checksum", $"pgBackRest's log in {target.Site.Folder}/log names the files; older backups may have them whole.");
        var drills = await target.Record.EvidenceAsync(cancel);
        var map = RecoverabilityMap.Of(view.Sets, view.Archive, drills, workspace.Clock.GetUtcNow());
        var report = new TakeReport(cluster.Name, run, BackupText.Report(set, map, drills, target.Site.SegmentBytes), watch.Elapsed.TotalMilliseconds, taken.Manifest?.Tables.Count ?? 0, taken.Manifest?.NotCounted ?? []);
        return Report.Of(report, () => BackupJson.Default.TakeReport, [.. Text(taken)]);
    }

    private static IReadOnlyList<int> Repositories(VerbCall call, BackupTarget target)
    {
        var count = target.Policy.Repositories.Count;
        if (call.Integer(Repository) is not { } number)
            return [.. Enumerable.Range(1, count)];
        return number >= 1 && number <= count ? [(int)number] : throw new LockkeeperException(KernelErrors.WrongUse, $"there is no repository {number}", $"There {(count == 1 ? "is 1" : $"are {count}, from 1 on")}.");
    }

    private static IEnumerable<Block> Text(Taken taken)
    {
        foreach (var view in taken.Views)
        {
            var one = view.Sets[^1];
            yield return new Line($"{one.Label}: {BackupText.Kind(one.Kind)}, {BackupText.Size(one.CopiedBytes)} of {BackupText.Size(one.DatabaseBytes)} copied, {BackupText.Size(one.RepositoryBytes)} in {view.Place}", Tone.Good);
        }

        yield return new Line($"taken in {BackupText.Span(taken.Copying)}", Tone.Muted);
        if (taken.Removed.Count > 0)
            yield return new Line($"no longer kept: {string.Join(", ", taken.Removed)}", Tone.Muted);
        if (taken.NotRemoved is { } problem)
            yield return new Line($"what is no longer kept was not removed: {problem}", Tone.Warning);
        if (taken.Manifest is not { } manifest)
            yield break;
        yield return new Line($"{manifest.Tables.Count} {(manifest.Tables.Count == 1 ? "table" : "tables")} counted and hashed at {manifest.At} in {BackupText.Span(taken.Counting)}, for drills to compare with", Tone.Muted);
        foreach (var left in manifest.NotCounted)
            yield return new Line($"not counted: {left}", Tone.Warning, 1);
    }
}
