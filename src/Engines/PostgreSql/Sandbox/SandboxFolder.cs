using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>The folder that holds all sandbox clusters of this user.</summary>
/// <remarks>Each cluster has a folder of its own that no later one shares, <c>name~random</c>: a guard that still cleans up after a dead
/// owner cannot meet the next cluster of the same name. Who makes a cluster holds its lock file in <c>.locks</c>; the system frees it when the
/// holder dies, so an unlocked folder without cluster.json is a left-over.</remarks>
internal sealed partial class SandboxFolder
{
    private const string PlaceHint = "Set LK_SANDBOX_FOLDER to a folder of your own on a disk with room, which the server's user can enter.";

    private SandboxFolder(string path) => Path = path;

    /// <summary>Its path, without symbolic links.</summary>
    public string Path { get; }

    /// <summary>Opens the folder, making it when it is not there.</summary>
    /// <param name="ports">The outside.</param>
    /// <exception cref="LockkeeperException">It cannot be made, or belongs to somebody else.</exception>
    public static SandboxFolder Open(SandboxPorts ports)
    {
        var path = PathOf(ports);
        try
        {
            const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            Directory.CreateDirectory(path, open);
            if (Unix.OwnerOf(path) is { } owner && owner != Unix.EffectiveUser)
                throw new LockkeeperException(SandboxErrors.FolderUnusable, $"the sandbox folder {path} belongs to user {owner}", PlaceHint);
            Directory.CreateDirectory(System.IO.Path.Combine(path, ".locks"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(SandboxErrors.FolderUnusable, $"the sandbox folder {path} cannot be used: {e.Message}", PlaceHint, inner: e);
        }

        if (Environment.IsPrivilegedProcess && ClosedParent(path) is { } closed)
            throw new LockkeeperException(
                SandboxErrors.FolderUnusable, $"the server does not run as root and cannot enter {closed}, a parent of the sandbox folder", PlaceHint);
        return new SandboxFolder(path);
    }

    /// <summary>Where the folder is, or would be.</summary>
    /// <remarks>/var/tmp and not TMPDIR: another terminal must find a cluster again, and a restart of the machine must keep it.</remarks>
    public static string PathOf(SandboxPorts ports) => ports.Environment.Get("LK_SANDBOX_FOLDER") is { Length: > 0 } given
        ? System.IO.Path.GetFullPath(given)
        : $"/var/tmp/lockkeeper-sandbox-{Unix.EffectiveUser}";

    /// <summary>A new place, for a cluster of this name.</summary>
    public ClusterPlace New(string name, string binaries) =>
        At(System.IO.Path.Combine(Path, $"{name}~{RandomNumberGenerator.GetHexString(8, lowercase: true)}"), binaries);

    /// <summary>The clusters that stay, by name.</summary>
    public IReadOnlyList<(SandboxState State, ClusterPlace Place)> Lasting() =>
    [
        .. from folder in Folders()
           let state = SandboxState.Read(folder)
           where state is not null
           orderby state.Name
           select (state, At(folder, state.BinariesFolder)),
    ];

    /// <summary>Refuses what cannot be the name of a cluster.</summary>
    public static void CheckName(string name)
    {
        if (!ClusterName().IsMatch(name))
            throw new LockkeeperException(
                SandboxErrors.NotValid, $"'{name}' is not a valid name for a sandbox cluster", "Use up to 40 lower-case letters, digits and hyphens, starting with a letter or digit.");
    }

    /// <summary>Takes the lock of a cluster; null when another process has it.</summary>
    public FileStream? TryLock(string name)
    {
        try
        {
            return new FileStream(LockFile(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException) when (File.Exists(LockFile(name)))
        {
            return null;
        }
    }

    /// <summary>Takes the lock of a cluster, waiting while another process works on it.</summary>
    public async Task<FileStream> LockAsync(string name, TimeSpan limit, SandboxPorts ports, CancellationToken cancel)
    {
        for (var started = ports.Clock.GetTimestamp(); ;)
        {
            if (TryLock(name) is { } held)
                return held;
            if (ports.Clock.GetElapsedTime(started) > limit)
                throw new LockkeeperException(SandboxErrors.Busy, $"another program works on the sandbox cluster '{name}'", "Wait for it, or end it, and try again.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), ports.Clock, cancel);
        }
    }

    /// <summary>Removes what dead programs left: ephemeral clusters without an owner, half-made and half-removed ones.</summary>
    public async Task SweepAsync(SandboxPorts ports, CancellationToken cancel)
    {
        foreach (var place in Folders().Where(folder => SandboxState.Read(folder) is null).Select(folder => At(folder, "")))
        {
            using var held = TryLock(place.Name);
            if (held is null)
                continue;
            // Read again under the lock: it may have been finished, or removed, in the meantime.
            if (!Directory.Exists(place.Folder) || SandboxState.Read(place.Folder) is not null)
            {
                File.Delete(place.Lock);
                continue;
            }

            try
            {
                await RemoveAsync(place, ports, cancel);
            }
            catch (LockkeeperException e) when (e.Code == SandboxErrors.DidNotStop)
            {
                // A big one on a slow disk, which its own owner may be removing at the same time: the next sweep finds what is left of it.
            }
        }
    }

    /// <summary>Stops a cluster's server at once and removes its folder.</summary>
    public static async Task RemoveAsync(ClusterPlace place, SandboxPorts ports, CancellationToken cancel)
    {
        SandboxState.Forget(place.Folder);
        await using (await ClusterGuard.StartAsync(place, GuardEnd.Remove, "", ports, cancel))
        {
            // Ending the guard's input is the order to stop and remove.
        }

        if (Directory.Exists(place.Folder))
            throw new LockkeeperException(SandboxErrors.DidNotStop, $"the sandbox cluster '{place.Name}' could not be removed", $"Look for processes that use {place.Folder}, end them, and run it again.");
    }

    private IEnumerable<string> Folders() => Directory.GetDirectories(Path, "*~*");

    private ClusterPlace At(string folder, string binaries) => new(folder, binaries, LockFile(System.IO.Path.GetFileName(folder)));

    private string LockFile(string name) => System.IO.Path.Combine(Path, ".locks", name);

    /// <summary>The nearest folder on the way that others may not enter.</summary>
    private static string? ClosedParent(string path)
    {
        for (var at = new DirectoryInfo(path); at is not null; at = at.Parent)
        {
            if (!at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return at.FullName;
        }

        return null;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$", RegexOptions.None, 1000)]
    private static partial Regex ClusterName();
}
