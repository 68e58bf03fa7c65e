using System.Diagnostics;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Evidence;
using Lockkeeper.Backup.PostgreSql.Evidence;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql;

/// <summary>What was taken.</summary>
/// <param name="Views">The repositories that it went into, each with the new set as its last.</param>
/// <param name="Manifest">What was counted; null when that was not wanted.</param>
/// <param name="Copying">How long the backups took.</param>
/// <param name="Counting">How long counting took.</param>
/// <param name="Removed">What retention has let go.</param>
/// <param name="NotRemoved">Why retention could not be applied; null when it was.</param>
internal sealed record Taken(IReadOnlyList<RepositoryView> Views, Manifest? Manifest, TimeSpan Copying, TimeSpan Counting, IReadOnlyList<string> Removed, string? NotRemoved);

/// <summary>Takes a backup, counts the tables for drills to compare with, and lets go what retention no longer keeps.</summary>
/// <param name="target">The cluster.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class TakeRun(BackupTarget target, Workspace workspace)
{
    /// <summary>Takes it.</summary>
    /// <param name="run">The run's id.</param>
    /// <param name="kind">What it shall hold.</param>
    /// <param name="numbers">The repositories.</param>
    /// <param name="withManifest">Whether tables are counted.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<Taken> RunAsync(string run, BackupKind kind, IReadOnlyList<int> numbers, bool withManifest, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        await Archiving.ArchivingProof.RequireRoomAsync(target, cancel);
        foreach (var number in numbers)
            await CopyAsync(kind, number, cancel);
        var slots = Restoring.AfterRestore.SlotsAsync(target, cancel);
        var views = (await target.Engine.ReadAsync(cancel)).Where(view => numbers.Contains(view.Number)).ToList();
        await target.Record.TakenAsync(run, target.Site, new JsonObject
        {
            ["sets"] = new JsonArray([.. views.Select(Facts)]),
            ["slots"] = new JsonArray([.. (await slots).Select(slot => JsonValue.Create(slot))]),
            ["duration_ms"] = Math.Round(watch.Elapsed.TotalMilliseconds, 1),
        }, cancel);
        var copying = watch.Elapsed;
        var manifest = withManifest ? await new ManifestReading(target.Database, target.Policy.Drill, workspace.Clock, workspace.Progress).MakeAsync(views[0].Sets[^1].Label, cancel) : null;
        if (manifest is not null)
        {
            foreach (var label in views.Select(view => view.Sets[^1].Label).Distinct())
                await target.Record.ManifestAsync(run, manifest with { Set = label }, cancel);
        }

        var counting = watch.Elapsed - copying;
        var (removed, notRemoved) = await ExpireAsync(run, views, cancel);
        return new Taken(views, manifest, copying, counting, removed, notRemoved);
    }

    private async Task CopyAsync(BackupKind kind, int number, CancellationToken cancel)
    {
        try
        {
            await target.Engine.TakeAsync(kind, number, workspace.Progress, cancel);
        }
        catch (LockkeeperException e) when (e.Code == BackupErrors.ArchivingFails)
        {
            throw await Archiving.ArchivingProof.WithReasonAsync(target, e, cancel);
        }
    }

    /// <summary>A backup that was taken is not worth less because an old one could not be removed.</summary>
    private async Task<(IReadOnlyList<string> Removed, string? Problem)> ExpireAsync(string run, IReadOnlyList<RepositoryView> views, CancellationToken cancel)
    {
        var removed = new List<string>();
        try
        {
            foreach (var view in views)
                removed.AddRange((await new ExpiryRun(target, workspace.Clock).RunAsync(run, view.Number, null, cancel, view)).Removed);
            return (removed, null);
        }
        catch (LockkeeperException e) when (!cancel.IsCancellationRequested)
        {
            return (removed, e.Message);
        }
    }

    private static JsonObject Facts(RepositoryView view) => new()
    {
        ["repository"] = view.Number, ["label"] = view.Sets[^1].Label, ["kind"] = Word(view.Sets[^1].Kind), ["bytes"] = view.Sets[^1].RepositoryBytes, ["database_bytes"] = view.Sets[^1].DatabaseBytes,
    };

    private static string Word(BackupKind kind) => kind switch { BackupKind.Full => "full", BackupKind.Differential => "differential", _ => "incremental" };
}
