using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.Evidence;
using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.PostgreSql.Restoring;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Verbs;

/// <summary><c>lk backup restore</c>.</summary>
internal static class Restore
{
    private static readonly Parameter Target = new("target", ParameterKind.Text, "Where to: latest, immediate, a time with its zone, a place in the log such as 0/7000028, xid:NUMBER or name:RESTORE_POINT") { Default = "latest" };

    private static readonly Parameter Set = new("set", ParameterKind.Text, "The backup; by default the newest that fits") { ValueName = "LABEL" };

    private static readonly Parameter Repository = new("repository", ParameterKind.Integer, "The number of the repository; by default the first that has what is asked for");

    private static readonly Parameter To = new("to", ParameterKind.Text, "The folder to restore to, empty or not there; by default one below the folder of the backups; of a managed cluster the name of the new instance") { ValueName = "FOLDER" };

    private static readonly Parameter Timeline = new("timeline", ParameterKind.Text, "The timeline to follow: latest, current or a number") { Default = "latest" };

    private static readonly Parameter Database = new("database", ParameterKind.Text, "Restore the files of this database only; the others are there and empty, to be dropped") { ValueName = "NAME" };

    private static readonly Parameter Tablespaces = new("tablespaces", ParameterKind.Text, "The folder for tablespaces; by default one beside the data") { ValueName = "FOLDER" };

    private static readonly Parameter Delta = new("delta", ParameterKind.Flag, "With --to: the folder holds a copy of before that has ended; only what differs is copied");

    private static readonly Parameter InPlace = new("in-place", ParameterKind.Flag, "Restore in the server's place: it is stopped, its files are set aside, and it is started again");

    private static readonly Parameter Confirm = new("confirm", ParameterKind.Text, "With --in-place: the cluster's name once more") { ValueName = "CLUSTER" };

    private static readonly Parameter ReplayLimit = new("replay-limit", ParameterKind.Duration, "How long replaying the log may take") { Default = "12h" };

    public static Verb Declare(IDeclarationCheck check) => new()
    {
        Path = "backup restore",
        Summary = "restore a cluster to a moment, beside the server by default",
        Details = "The copy is left running on a socket of its own, reachable from its host only; it archives nothing and loads no library that begins to work by itself. In place it takes --yes and the cluster's name, and the files of before are set aside whole. "
            + "Room, range and folder are looked at before anything is copied. Afterwards it is said how the copy differs from the declaration of now.",
        Effect = VerbEffect.Changes,
        Parameters = [BackupChoice.Name, Target, Set, Repository, To, Timeline, Database, Tablespaces, Delta, InPlace, Confirm, ReplayLimit],
        Examples =
        [
            new VerbExample("lk backup restore shop-prod --target 2026-11-22T09:45:00Z", "restores to a moment, beside the server"),
            new VerbExample("lk backup restore shop-prod --in-place --yes --confirm shop-prod", "restores the newest state in the server's place"),
        ],
        ReportType = () => BackupJson.Default.RestoreReport,
        Handler = (call, cancel) => HandleAsync(check, call, cancel),
    };

    private static async Task<Report> HandleAsync(IDeclarationCheck check, VerbCall call, CancellationToken cancel)
    {
        var (cluster, workspace) = (BackupChoice.WithManaged(call), call.Workspace);
        if (cluster.Managed is not null)
        {
            if (call.Flag(InPlace) || call.Flag(Delta) || call.Text(Database) is not null || call.Text(Tablespaces) is not null)
                throw new LockkeeperException(KernelErrors.WrongUse, "a managed service restores all of a cluster, into a new instance", "Leave --in-place, --delta, --database and --tablespaces out; --to names the new instance.");
            return await ManagedVerbs.RestoreAsync(cluster, call.Required(Target), call.Text(Set), call.Text(To), call.DryRun, workspace, cancel);
        }

        var to = RecoveryTarget.Parse(call.Required(Target));
        await using var target = await BackupTarget.OpenAsync(cluster, workspace, cancel, mayBeDown: true);
        if (!call.DryRun)
            await target.Engine.PrepareAsync(cancel);
        var (view, map, set) = await ChosenAsync(call, target, to, cancel);
        var run = RunId.New(workspace.Clock);
        var root = call.Text(To) ?? $"{target.Site.Folder}/restores/{run}";
        if (call.Flag(InPlace))
            Confirmed(call, cluster);
        if (call.Flag(Delta) && (call.Text(To) is null || call.Flag(InPlace)))
            throw new LockkeeperException(KernelErrors.WrongUse, "--delta goes with --to only", "Name the folder of the copy of before.");
        if (call.DryRun)
            return Answer(new RestoreReport(cluster.Name, run, set.Label, to?.Words, call.Flag(InPlace) ? target.Site.DataDirectory : $"{root}/data", null, null, null, null, [], [], true), [new Line($"would restore {set.Label}, {BackupText.Size(set.DatabaseBytes)}, to {to?.Words ?? "the newest state"}, {(call.Flag(InPlace) ? $"in place at {target.Site.DataDirectory}" : $"beside the server in {root}")}")]);
        var timeline = call.Required(Timeline) is "latest" ? null : call.Required(Timeline);
        var work = new RestoreRun(target, view.Archive, map, workspace, call.Duration(ReplayLimit)!.Value);
        var restored = call.Flag(InPlace)
            ? await work.InPlaceAsync(set, to, timeline, run, cancel)
            : await work.BesideAsync(set, to, timeline, root, new RestoreOptions(call.Text(Database) is { } one ? [one] : null, call.Text(Tablespaces), Delta: call.Flag(Delta)), cancel);
        await target.Record.AppendAsync(BackupRecord.RestoredKind, run, Body(set, view, to, restored), cancel);
        var differences = call.Text(Database) is null ? await DifferencesAsync(check, target, restored, workspace, cancel) : [];
        var report = new RestoreReport(
            cluster.Name, run, set.Label, to?.Words, restored.Folder, restored.Runtime, restored.Runtime is null ? null : target.Site.Port, restored.State.LastCommit, restored.State.Replayed?.ToString(),
            [.. restored.Phases.Select(phase => new PhaseReport(phase.Name, phase.Took.TotalMilliseconds, phase.Bytes))], differences, false, restored.Lacks);
        return Answer(report, [.. Text(target, view, set, to, restored, differences)]);
    }

    /// <summary>The set, of the repository that the user names, or of the first that has one that fits.</summary>
    private static async Task<(RepositoryView View, RecoverabilityMap Map, BackupSet Set)> ChosenAsync(VerbCall call, BackupTarget target, RecoveryTarget? to, CancellationToken cancel)
    {
        var views = call.Integer(Repository) is { } number ? [await target.RepositoryAsync(number, cancel)] : await target.Engine.ReadAsync(cancel);
        var drills = await target.Record.EvidenceAsync(cancel);
        // A name says nothing of where it is; a set that was taken after it would be replayed to the end without meeting it.
        if (to is { Kind: RecoveryTargetKind.Name } && (await target.Record.RestorePointsAsync(cancel)).LastOrDefault(point => point.Name == to.Value) is { Name: not null } made)
            to = to.Lying(made.Place);
        LockkeeperException? first = null;
        foreach (var view in views)
        {
            try
            {
                var map = RecoverabilityMap.Of(view.Sets, view.Archive, drills, call.Workspace.Clock.GetUtcNow());
                var set = SetChoice.Of(view, map, to, call.Text(Set) ?? await SetOfPointAsync(target, to, view, cancel));
                if (to is null && call.Required(Timeline) == "latest")
                    SetChoice.RequireWayToEnd(view, map, set);
                return (view, map, set);
            }
            catch (LockkeeperException e)
            {
                // What the first repository lacks is what the user is told when none of them has it.
                first ??= e;
            }
        }

        throw first!;
    }

    private static Report Answer(RestoreReport report, IReadOnlyList<Block> text) => Report.Of(report, () => BackupJson.Default.RestoreReport, text);

    private static void Confirmed(VerbCall call, ClusterConfig cluster)
    {
        if (call.Text(To) is not null || call.Text(Database) is not null || call.Text(Tablespaces) is not null)
            throw new LockkeeperException(KernelErrors.WrongUse, "--in-place goes with neither --to nor --database nor --tablespaces", "Restore beside the server to choose what and where to.");
        if (!call.DryRun && (!call.Yes || call.Text(Confirm) != cluster.Name))
            throw new LockkeeperException(KernelErrors.NeedsConfirmation, $"a restore in place takes the server of {cluster.Name} down and replaces what it holds", $"Run it with --yes and --confirm {cluster.Name} when that is what you want.");
    }

    /// <summary>The set before a restore point that a manifest was made at: a name says nothing of when it was.</summary>
    private static async Task<string?> SetOfPointAsync(BackupTarget target, RecoveryTarget? to, RepositoryView view, CancellationToken cancel)
    {
        if (to is not { Kind: RecoveryTargetKind.Name })
            return null;
        foreach (var set in view.Sets.Reverse())
        {
            if (await target.Record.ManifestOfAsync(set.Label, cancel) is { } manifest && manifest.RestorePoint == to.Value)
                return set.Label;
        }

        return null;
    }

    private static async Task<IReadOnlyList<string>> DifferencesAsync(IDeclarationCheck check, BackupTarget target, Restored restored, Workspace workspace, CancellationToken cancel)
    {
        // A copy on another host is reached by its socket there only.
        if (restored.Runtime is not null && !target.Cluster.Primary.IsLocal)
            return [];
        var url = restored.Runtime is { } socket ? $"postgres://{Uri.EscapeDataString(target.Site.Role)}@/{Uri.EscapeDataString(target.Site.Database)}?host={Uri.EscapeDataString(socket)}&port={target.Site.Port}" : null;
        try
        {
            return await check.DifferencesAsync(target.Cluster, url, workspace, cancel);
        }
        catch (LockkeeperException e)
        {
            return [$"not compared with the declaration: {e.Message}"];
        }
    }

    private static JsonObject Body(BackupSet set, RepositoryView view, RecoveryTarget? to, Restored restored) => new()
    {
        ["set"] = set.Label,
        ["repository"] = view.Number,
        ["target"] = to?.Words ?? "latest",
        ["in_place"] = restored.SetAside is not null,
        ["folder"] = restored.Folder,
        ["reached_until"] = restored.State.LastCommit?.ToString("O", CultureInfo.InvariantCulture),
        ["reached_lsn"] = restored.State.Replayed?.ToString(),
        ["phases"] = new JsonArray([.. restored.Phases.Select(phase => new JsonObject { ["name"] = phase.Name, ["ms"] = Math.Round(phase.Took.TotalMilliseconds, 1), ["bytes"] = phase.Bytes })]),
    };

    private static IEnumerable<Block> Text(BackupTarget target, RepositoryView view, BackupSet set, RecoveryTarget? to, Restored restored, IReadOnlyList<string> differences)
    {
        yield return new Line($"{set.Label} restored from {view.Place} to {to?.Words ?? "the newest state"}: last commit {(restored.State.LastCommit is { } commit ? BackupText.Time(commit) : "none after the backup")}, {restored.State.Replayed}", Tone.Good);
        yield return new Line($"{string.Join(", ", restored.Phases.Select(phase => $"{phase.Name} {BackupText.Span(phase.Took)}"))}", Tone.Muted);
        if (restored.Runtime is { } socket)
        {
            yield return new Line($"it runs: psql -h {socket} -p {target.Site.Port} -U {target.Site.Role}");
            yield return new Line($"to end it: {target.Site.Programs}/pg_ctl stop -D {restored.Folder}, as {target.Site.User}", Tone.Muted);
        }

        if (restored.SetAside is { } aside)
        {
            yield return new Line($"the server runs again; its files of before are in {aside}: remove them when all is well");
            yield return new Line("take a full backup now: lk backup take --type full", Tone.Warning);
        }

        foreach (var lack in restored.Lacks)
            yield return new Line(lack, Tone.Warning);
        if (differences.Count > 0)
            yield return new Line("differs from the declaration of now:", Tone.Warning);
        foreach (var difference in differences)
            yield return new Line(difference, Tone.Warning, 1);
    }
}
