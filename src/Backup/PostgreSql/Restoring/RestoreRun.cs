using System.Diagnostics;
using System.Globalization;
using Lockkeeper.Backup.Clusters;
using Lockkeeper.Backup.Drills;
using Lockkeeper.Backup.Sets;
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
internal sealed record Restored(string Folder, string? Runtime, CopyState State, IReadOnlyList<DrillPhase> Phases, string? SetAside);

/// <summary>Restores a set to a target, beside the server or in its place.</summary>
/// <param name="target">The cluster.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="limit">How long replaying may take.</param>
internal sealed class RestoreRun(BackupTarget target, Workspace workspace, TimeSpan limit)
{
    private readonly List<DrillPhase> phases = [];

    /// <summary>Restores to a folder of its own and leaves the copy running, open for changes, on a socket of its own.</summary>
    public async Task<Restored> BesideAsync(BackupSet set, RecoveryTarget? to, string? timeline, string root, RestoreOptions options, CancellationToken cancel)
    {
        var folder = new CopyFolder(target.Site, root);
        await folder.MakeAsync(set, cancel);
        var copy = new RestoredServer(folder.Place);
        try
        {
            await TimedAsync("fetch", () => target.Engine.RestoreAsync(set, folder.Data, options with { TablespaceFolder = options.TablespaceFolder ?? $"{root}/tablespaces" }, workspace.Progress, cancel), set.DatabaseBytes);
            return new Restored(folder.Data, folder.Runtime, await OpenAsync(copy, to, timeline, cancel), phases, null);
        }
        catch
        {
            await copy.StopAsync(CancellationToken.None);
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
        var options = await OptionsAsync(cancel);
        await TimedAsync("stop", () => StopAsync(cancel));
        // From here on the way back is the rename: it is undone when anything fails.
        await ShellAsync("mv -T -- \"$1\" \"$2\" && mkdir -m 700 -- \"$1\"", [site.DataDirectory, aside], cancel);
        var place = new CopyPlace(site.Host, site.User, site.Programs, site.DataDirectory, $"{site.Folder}/restore-{run}", site.Port, site.Role);
        var copy = new RestoredServer(place);
        try
        {
            await TimedAsync("fetch", () => target.Engine.RestoreAsync(set, site.DataDirectory, new RestoreOptions(), workspace.Progress, cancel), set.DatabaseBytes);
            var state = await OpenAsync(copy, to, timeline, cancel);
            await TimedAsync("start as before", async () =>
            {
                // Not on its own terms any more, but as the server that it was.
                await copy.ShutDownAsync(cancel);
                await copy.PutSettingsBackAsync(cancel);
                await StartAsync(options, cancel);
            });
            await files.RemoveFolderAsync(place.Runtime, cancel);
            return new Restored(site.DataDirectory, null, state, phases, aside);
        }
        catch
        {
            await copy.StopAsync(CancellationToken.None);
            await ShellAsync("rm -rf --one-file-system -- \"$1\" && mv -T -- \"$2\" \"$1\"", [site.DataDirectory, aside], CancellationToken.None);
            await StartAsync(options, CancellationToken.None);
            throw;
        }
    }

    private async Task<CopyState> OpenAsync(RestoredServer copy, RecoveryTarget? to, string? timeline, CancellationToken cancel)
    {
        CopyState? last = null;
        await TimedAsync("start", () => copy.StartAsync(to, timeline, limit, cancel));
        await TimedAsync("replay", async () =>
        {
            var reached = await copy.ReachAsync(to, limit, now =>
            {
                last = now;
                workspace.Progress.Now($"replaying the log to {to?.Words ?? "its end"}, at {now.LastCommit?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? now.Replayed?.ToString()}");
            }, cancel);
            last = reached.LastCommit is null ? reached with { LastCommit = last?.LastCommit } : reached;
            if (to is { Kind: not RecoveryTargetKind.Immediate } && !reached.IsPaused)
                throw new LockkeeperException(BackupErrors.NotReached, $"the archive ends before {to.Words}", "'lk backup list' shows which moments can be restored.");
        });
        if (last!.IsInRecovery)
            await TimedAsync("open", () => copy.PromoteAsync(limit, cancel));
        workspace.Progress.Now(null);
        return last;
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

    private async Task TimedAsync(string name, Func<Task> work, long? bytes = null)
    {
        var watch = Stopwatch.StartNew();
        workspace.Progress.Now(name);
        await work();
        phases.Add(new DrillPhase(name, watch.Elapsed, bytes));
    }
}
