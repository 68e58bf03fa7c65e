using System.Globalization;
using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;

namespace Lockkeeper.Backup.PostgreSql.Restoring;

/// <summary>The folders of a restored copy: its data, and beside it what it needs to run.</summary>
/// <param name="site">The cluster.</param>
/// <param name="root">The folder of both.</param>
internal sealed class CopyFolder(PgBackRestSite site, string root)
{
    /// <summary>What else the files of a copy need: the WAL that is fetched, and the copy's own.</summary>
    private const long Room = 256L << 20;

    /// <summary>Ends the programs that were started with an argument, and waits until they are gone.</summary>
    private const string EndWriters =
        """
        writers() { for p in /proc/[0-9]*; do if tr '\0' '\n' 2>/dev/null <"$p/cmdline" | grep -qxF -e "$1"; then echo "${p#/proc/}"; fi; done; }
        own=$$
        i=0
        while [ $i -lt 100 ]; do
            left=$(writers "$1" | grep -vx "$own" || true)
            [ -n "$left" ] || exit 0
            kill -TERM $left 2>/dev/null || true
            sleep 0.1
            i=$((i + 1))
        done
        """;

    private readonly HostFiles files = new(site.Host, site.User);

    /// <summary>Its data directory.</summary>
    public string Data => $"{root}/data";

    /// <summary>Its socket, configuration and log.</summary>
    public string Runtime => $"{root}/run";

    /// <summary>As a place to run it.</summary>
    public CopyPlace Place => new(site.Host, site.User, site.Programs, Data, Runtime, site.Port, site.Role);

    /// <summary>Makes the folders, or refuses before anything is copied.</summary>
    /// <param name="set">The set that shall go there.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task MakeAsync(BackupSet set, CancellationToken cancel)
    {
        var asRoot = new HostFiles(site.Host);
        if (await files.ListAsync(root, cancel) is { Count: > 0 })
            throw new LockkeeperException(BackupErrors.FolderNotEmpty, $"the folder {root} on {site.Host.Name} is not empty", "Name another one with --to.");
        var free = await asRoot.FreeBytesAsync(root, cancel);
        var needed = set.DatabaseBytes + (set.DatabaseBytes / 10) + Room;
        if (free < needed)
            throw new LockkeeperException(BackupErrors.NoRoom, $"{root} on {site.Host.Name} has {Size(free)} free, and the restore needs {Size(needed)}", "Make room, or name a folder on another disk with --to. Nothing was copied.");
        await asRoot.MakeFolderAsync(root, "700", $"{site.User}:", cancel);
        await files.MakeFolderAsync(Data, "700", null, cancel);
    }

    /// <summary>Ends and removes the copies that runs which were killed have left in a folder of copies.</summary>
    /// <param name="site">The cluster.</param>
    /// <param name="place">The folder of copies.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task RemoveLeftAsync(PgBackRestSite site, string place, CancellationToken cancel)
    {
        foreach (var left in (await new HostFiles(site.Host).ListAsync(place, cancel) ?? []).Where(entry => entry.Kind == HostEntryKind.Folder))
        {
            var folder = new CopyFolder(site, left.Path);
            // The backup program outlives the run that had started it, and would go on filling the folder.
            await site.Host.RunAsync(new HostCommand("sh", "-c", EndWriters, "lk", $"--pg1-path={folder.Data}") { User = site.User }, cancel);
            await new RestoredServer(folder.Place).StopAsync(cancel);
            await folder.RemoveAsync(cancel);
        }
    }

    /// <summary>Removes all of it.</summary>
    public Task RemoveAsync(CancellationToken cancel) => new HostFiles(site.Host).RemoveFolderAsync(root, cancel);

    /// <summary>A size for people.</summary>
    public static string Size(long bytes) => bytes switch
    {
        >= 1L << 40 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 40):0.0} TB"),
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} kB"),
    };
}
