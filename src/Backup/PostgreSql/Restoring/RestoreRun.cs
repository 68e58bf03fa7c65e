using System.Globalization;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.Drills;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.Restoring;

/// <summary>What a restore has made.</summary>
/// <param name="Folder">The data directory.</param>
/// <param name="Runtime">The folder of the socket; null for a restore in place.</param>
/// <param name="State">Where it ended.</param>
/// <param name="Phases">What took time.</param>
/// <param name="SetAside">The folder that the files of before are in; null for a restore beside the server.</param>
/// <param name="Lacks">What it lacks that neither the backup nor the declaration can give it, a sentence each.</param>
internal sealed record Restored(string Folder, string? Runtime, CopyState State, IReadOnlyList<DrillPhase> Phases, string? SetAside, IReadOnlyList<string> Lacks);

/// <summary>Restores a set to a target, beside the server or in its place.</summary>
/// <param name="target">The cluster.</param>
/// <param name="archive">The log of the repository that is restored from.</param>
/// <param name="map">Which moments can be restored.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="limit">How long replaying may take.</param>
internal sealed class RestoreRun(BackupTarget target, WalArchive archive, RecoverabilityMap map, Workspace workspace, TimeSpan limit)
{
    /// <summary>Tablespaces lie elsewhere, each with a folder of the server's version in it: these are set aside beside themselves, on their own disks.</summary>
    private const string TablespacesAside =
        """for l in "$1"/pg_tblspc/*; do if [ -L "$l" ]; then for d in "$(readlink -f -- "$l")/$4"*; do case "$d" in *.before-*) ;; *) if [ -d "$d" ]; then mv -T -- "$d" "$d$3"; fi;; esac; done; fi; done; """;

    private const string TablespacesBack =
        """for l in "$2"/pg_tblspc/*; do if [ -L "$l" ]; then for d in "$(readlink -f -- "$l")/$4"*"$3"; do if [ -d "$d" ]; then rm -rf --one-file-system -- "${d%"$3"}"; mv -T -- "$d" "${d%"$3"}"; fi; done; fi; done; """;

    private readonly PhaseTimes times = new(workspace.Progress);

    /// <summary>Restores to a folder of its own and leaves the copy running, open for changes, on a socket of its own.</summary>
    public async Task<Restored> BesideAsync(BackupSet set, RecoveryTarget? to, string? timeline, string root, RestoreOptions options, CancellationToken cancel)
    {
        var folder = new CopyFolder(target.Site, root);
        await using var alone = await folder.LockAsync(workspace.Redactor, cancel);
        await folder.MakeAsync(set, cancel, options.Delta);
        var copy = new RestoredServer(folder.Place);
        try
        {
            await times.TimeAsync("fetch", () => target.Engine.RestoreAsync(set, folder.Data, options with { TablespaceFolder = options.TablespaceFolder ?? folder.Tablespaces }, workspace.Progress, cancel), set.DatabaseBytes);
            var state = await OpenAsync(copy, set, to, timeline, cancel);
            await folder.FinishAsync(cancel);
            return new Restored(folder.Data, folder.Runtime, state, times.All, null, [.. Missing(to, timeline, state), .. await AfterRestore.LookAsync(copy, await AfterRestore.SlotsAsync(target, cancel), options.Databases, cancel)]);
        }
        catch
        {
            await copy.StopAsync(CancellationToken.None);
            // What was there before is the user's, and the next try goes on from it.
            if (!options.Delta)
                await folder.RemoveAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Restores in the server's place. Its files of before are set aside first, whole: as long as they are there, they are the way back.</summary>
    public async Task<Restored> InPlaceAsync(BackupSet set, RecoveryTarget? to, string? timeline, string run, CancellationToken cancel)
    {
        var site = target.Site;
        var files = new HostFiles(site.Host, site.User);
        var aside = $"{site.DataDirectory}.before-{run}";
        var free = await new HostFiles(site.Host).FreeBytesAsync(site.DataDirectory, cancel);
        if (free < set.DatabaseBytes + (set.DatabaseBytes / 10))
            throw new LockkeeperException(BackupErrors.NoRoom, $"{site.DataDirectory} on {site.Host.Name} has {CopyFolder.Size(free)} free beside the files of now, and the restore needs {CopyFolder.Size(set.DatabaseBytes)}", "Make room: the files of now are kept until the restore has been looked at. Nothing was changed.");
        var (options, slots) = (await OptionsAsync(cancel), await AfterRestore.SlotsAsync(target, cancel));
        await CopyFolder.EndWritersAsync(site, site.DataDirectory, cancel);
        await times.TimeAsync("stop", () => StopAsync(cancel));
        // From here on the way back is the rename: it is undone when anything fails.
        IReadOnlyList<string> places = [site.DataDirectory, aside, $".before-{run}", $"PG_{site.Major}_"];
        await ShellAsync(TablespacesAside + "mv -T -- \"$1\" \"$2\" && mkdir -m 700 -- \"$1\"", places, cancel);
        var place = new CopyPlace(site.Host, site.User, site.Programs, site.DataDirectory, $"{site.Folder}/restore-{run}", site.Port, site.Role);
        var copy = new RestoredServer(place);
        try
        {
            await times.TimeAsync("fetch", () => target.Engine.RestoreAsync(set, site.DataDirectory, new RestoreOptions(), workspace.Progress, cancel), set.DatabaseBytes);
            var state = await OpenAsync(copy, set, to, timeline, cancel);
            var lacks = await AfterRestore.LookAsync(copy, slots, null, cancel);
            await times.TimeAsync("start as before", async () =>
            {
                // Not on its own terms any more, but as the server that it was.
                await copy.ShutDownAsync(cancel);
                await copy.PutSettingsBackAsync(cancel);
                await StartAsync(options, cancel);
            });
            await files.RemoveFolderAsync(place.Runtime, cancel);
            return new Restored(site.DataDirectory, null, state, times.All, aside, [.. Missing(to, timeline, state), .. lacks]);
        }
        catch
        {
            await copy.StopAsync(CancellationToken.None);
            await ShellAsync(TablespacesBack + "rm -rf --one-file-system -- \"$1\" && mv -T -- \"$2\" \"$1\"", places, CancellationToken.None);
            await StartAsync(options, CancellationToken.None);
            throw;
        }
    }

    private async Task<CopyState> OpenAsync(RestoredServer copy, BackupSet set, RecoveryTarget? to, string? timeline, CancellationToken cancel)
    {
        // Of another timeline than the newest the map says nothing.
        var end = await new Replay(copy, times, workspace.Progress, limit, target.Site.SegmentBytes).ToAsync(to, timeline, timeline is null ? map.Ends.GetValueOrDefault(set.Label) : null, cancel);
        if (end.Damaged is { } damaged)
        {
            throw new LockkeeperException(
                BackupErrors.DamagedSet, $"the log can be replayed up to {damaged.Name(target.Site.SegmentBytes)} only, and the archive goes on after it",
                $"'lk backup verify' names what is damaged. Up to {(end.State.LastCommit is { } commit ? commit.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) : "there")} it can be restored: name that moment with --target.");
        }

        if (end.State.IsInRecovery)
            await times.TimeAsync("open", () => copy.PromoteAsync(limit, cancel));
        workspace.Progress.Now(null);
        return end.State;
    }

    /// <summary>What recovery may have left out since the clocks were apart.</summary>
    private IEnumerable<string> Missing(RecoveryTarget? to, string? timeline, CopyState state)
    {
        // Of another timeline than the newest nothing is known of the times.
        if (timeline is null && to?.Moment is { } moment && state is { IsPaused: true, Replayed: { } end } && EarlyEnd.Of(archive, archive.NewestTimeline, end, moment) is { } early)
        {
            yield return $"recovery ended in {early.Segment}, which was archived {Durations.Words(moment - early.At)} before {to.Words}: the clock of the server was ahead of the repository's there, and when it was set back, what was committed between is missing. "
                + "Restore to a place in the log after it, a restore point or the newest state to have it";
        }
    }

    private async Task StopAsync(CancellationToken cancel)
    {
        var site = target.Site;
        var status = await site.Host.RunAsync(new HostCommand($"{site.Programs}/pg_ctl", "status", "-s", "-D", site.DataDirectory) { User = site.User }, cancel);
        if (status.Succeeded)
            await site.Host.RunOrFailAsync(new HostCommand($"{site.Programs}/pg_ctl", "stop", "-s", "-m", "fast", "-t", "300", "-D", site.DataDirectory) { User = site.User, Timeout = TimeSpan.FromMinutes(6) }, "Stop the server by hand, then run the same command again.", cancel);
    }

    /// <summary>How the server was started last. A run that was killed in the middle has left that in the files that it had set aside.</summary>
    private async Task<string> OptionsAsync(CancellationToken cancel)
    {
        const string script = "for f in \"$1/postmaster.opts\" $(ls -td -- \"$1\".before-*/postmaster.opts 2>/dev/null); do if [ -f \"$f\" ]; then cat -- \"$f\"; exit 0; fi; done";
        return (await target.Site.Host.RunAsync(new HostCommand("sh", "-c", script, "lk", target.Site.DataDirectory) { User = target.Site.User }, cancel)).Output;
    }

    /// <summary>Starts the server as it was started before: postmaster.opts holds its command line, each argument in double quotes.</summary>
    private async Task StartAsync(string options, CancellationToken cancel)
    {
        var site = target.Site;
        // The first word is the program; the rest are options that pg_ctl hands on.
        var words = options.Trim() is { Length: > 0 } line && line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space ? line[(space + 1)..] : "";
        await site.Host.RunOrFailAsync(
            new HostCommand($"{site.Programs}/pg_ctl", "start", "-s", "-w", "-t", "300", "-D", site.DataDirectory, "-l", $"{site.Folder}/log/server-after-restore.log", "-o", words) { User = site.User, Timeout = TimeSpan.FromMinutes(6) },
            $"Its log is {site.Folder}/log/server-after-restore.log.", cancel);
    }

    private Task ShellAsync(string script, IReadOnlyList<string> arguments, CancellationToken cancel) =>
        // The folder above the data directory may be root's.
        target.Site.Host.RunOrFailAsync(new HostCommand("sh", ["-c", $"set -e; o=$(stat -c %U:%G -- \"$1\" 2>/dev/null || stat -c %U:%G -- \"$2\"); {script}; chown -- \"$o\" \"$1\"", "lk", .. arguments]) { Timeout = TimeSpan.FromHours(1) }, "Look at the folders on the host.", cancel);
}
