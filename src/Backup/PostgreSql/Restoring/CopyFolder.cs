using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;

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
        nl='
        '
        writers() {
            for p in $(grep -lasF -- "$1" /proc/[0-9]*/cmdline); do
                # Not the shell and the program that starts it as another user, which have the argument too.
                case $(tr '\0' '\n' 2>/dev/null <"$p")$nl in pgbackrest*"$nl$1$nl"*) p=${p#/proc/}; echo "${p%/cmdline}" ;; esac
            done
        }
        i=0
        while [ $i -lt 100 ]; do
            left=$(writers "$1")
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

    /// <summary>Its tablespaces, each by its number.</summary>
    public string Tablespaces => $"{root}/tablespaces";

    /// <summary>There from before anything is copied until the copy is open: what lies beside it is of a run that was killed.</summary>
    private string Unfinished => $"{root}/unfinished";

    /// <summary>As a place to run it.</summary>
    public CopyPlace Place => new(site.Host, site.User, site.Programs, Data, Runtime, site.Port, site.Role);

    /// <summary>Makes the folders, or refuses before anything is copied.</summary>
    /// <param name="set">The set that shall go there.</param>
    /// <param name="cancel">Stops it.</param>
    /// <param name="again">Whether it may hold a copy of before that has ended, of which only what differs is copied.</param>
    public async Task MakeAsync(BackupSet set, CancellationToken cancel, bool again = false)
    {
        var asRoot = new HostFiles(site.Host);
        if (again && await IsEndedCopyAsync(cancel))
        {
            await EndWritersAsync(site, Data, cancel);
            return;
        }

        await RemoveUnfinishedAsync(cancel);
        if (await files.ListAsync(root, cancel) is { Count: > 0 })
            throw new LockkeeperException(BackupErrors.FolderNotEmpty, $"the folder {root} on {site.Host.Name} is not empty", "Name another one with --to.");
        var free = await asRoot.FreeBytesAsync(root, cancel);
        var needed = set.DatabaseBytes + (set.DatabaseBytes / 10) + Room;
        if (free < needed)
            throw new LockkeeperException(BackupErrors.NoRoom, $"{root} on {site.Host.Name} has {Size(free)} free, and the restore needs {Size(needed)}", "Make room, or name a folder on another disk with --to. Nothing was copied.");
        await asRoot.MakeFolderAsync(root, "700", $"{site.User}:", cancel);
        await files.WriteAsync(Unfinished, "Written by lk: a restore is at work here, or was ended in the middle.\n", "600", null, cancel);
        await files.MakeFolderAsync(Data, "700", null, cancel);
        await files.MakeFolderAsync(Tablespaces, "700", null, cancel);
    }

    /// <summary>The copy is open: it is the user's from now on.</summary>
    public Task FinishAsync(CancellationToken cancel) => files.RemoveAsync(Unfinished, cancel);

    /// <summary>Takes the right to be the only restore into the folder; it ends with this program, however that ends.</summary>
    /// <exception cref="LockkeeperException">Another one is at work there.</exception>
    public async Task<HostLock> LockAsync(Redactor redactor, CancellationToken cancel)
    {
        var name = $"restore-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..16]}";
        try
        {
            return await HostLock.TakeAsync(site.Host, name, site.User, TimeSpan.Zero, redactor, cancel);
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.HostBusy)
        {
            throw new LockkeeperException(BackupErrors.Busy, $"another restore is at work in {root} on {site.Host.Name}", "Wait until it is done, or name another folder with --to.", inner: e);
        }
    }

    /// <summary>Removes what a run that was killed has left in the same folder; the backup program goes on filling it.</summary>
    private async Task RemoveUnfinishedAsync(CancellationToken cancel)
    {
        if (await files.StatAsync(Unfinished, cancel) is null)
            return;
        await EndWritersAsync(site, Data, cancel);
        await new RestoredServer(Place).StopAsync(cancel);
        foreach (var part in new[] { Data, Runtime, Tablespaces })
            await files.RemoveFolderAsync(part, cancel);
        await files.RemoveAsync(Unfinished, cancel);
    }

    /// <summary>A copy runs with a folder beside it that a server has not, so that no server's own files are taken for one.</summary>
    private async Task<bool> IsEndedCopyAsync(CancellationToken cancel)
    {
        if (await files.StatAsync($"{Data}/PG_VERSION", cancel) is null || await files.StatAsync($"{Runtime}/postgresql.conf", cancel) is null)
            return false;
        var status = await site.Host.RunAsync(new HostCommand($"{site.Programs}/pg_ctl", "status", "-s", "-D", Data) { User = site.User }, cancel);
        return status.Succeeded ? throw new LockkeeperException(BackupErrors.FolderNotEmpty, $"the copy in {root} on {site.Host.Name} runs", $"End it first: {site.Programs}/pg_ctl stop -D {Data}") : true;
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
            await EndWritersAsync(site, folder.Data, cancel);
            await new RestoredServer(folder.Place).StopAsync(cancel);
            await folder.RemoveAsync(cancel);
        }
    }

    /// <summary>Ends what still fills a data directory: the backup program outlives a run that was killed.</summary>
    public static Task EndWritersAsync(PgBackRestSite site, string data, CancellationToken cancel) =>
        site.Host.RunAsync(new HostCommand("sh", "-c", EndWriters, "lk", $"--pg1-path={data}") { User = site.User }, cancel);

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
