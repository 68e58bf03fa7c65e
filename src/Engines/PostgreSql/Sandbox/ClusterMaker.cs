using System.Security.Cryptography;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>Makes a cluster under a guard, so that dying half-way leaves nothing.</summary>
internal static class ClusterMaker
{
    private const int PortTries = 5;

    /// <summary>Makes and starts it.</summary>
    public static async Task<SandboxCluster> MakeAsync(
        SandboxFolder folder, ServerBinary binary, SandboxOptions options, SandboxPorts ports, CancellationToken cancel)
    {
        var name = options.Name ?? SandboxOptions.DefaultName;
        var place = folder.New(name, binary.Folder);
        var state = new SandboxState
        {
            Name = options.Ephemeral ? place.Name : name,
            MajorVersion = binary.MajorVersion,
            Version = binary.Version,
            Port = 0,
            BinariesFolder = binary.Folder,
            Password = options.Password ?? RandomNumberGenerator.GetHexString(24, lowercase: true),
            Created = ports.Clock.GetUtcNow(),
            Settings = options.Settings,
        };
        var claim = folder.TryLock(place.Name) ?? throw new LockkeeperException(SandboxErrors.Busy, $"the name '{place.Name}' is in use", "Try again.");
        ClusterGuard? guard = null;
        try
        {
            guard = await ClusterGuard.StartAsync(place, GuardEnd.Remove, state.Password, ports, cancel);
            ports.Progress.Now($"making the sandbox cluster {state.Name}");
            if (await guard.OrderAsync("init", cancel) is { Code: not 0 } failed)
                throw InitFailed(state, place, failed.Output);
            await File.AppendAllTextAsync(Path.Combine(place.Data, "postgresql.conf"), ServerSettings.Text(options.Settings), cancel);
            ports.Progress.Now($"starting the sandbox cluster {state.Name}");
            state = await StartOnFreePortAsync(state, place, options.Port, guard, cancel);
            ports.Progress.Now(null);
            if (options.Ephemeral)
                return new SandboxCluster(place, state, ports, guard, claim);
            await LeaveAsync(state, place, guard, claim);
            return new SandboxCluster(place, state, ports, guard: null, claim: null);
        }
        catch (Exception e)
        {
            if (guard is not null)
                await guard.DisposeAsync();
            await claim.DisposeAsync();
            File.Delete(place.Lock);
            if (e is not IOException)
                throw;
            throw IsDiskFull(e.Message)
                ? DiskFull(place)
                : new LockkeeperException(SandboxErrors.FolderUnusable, $"the files of the sandbox cluster '{state.Name}' cannot be written: {e.Message}", "Look at the rights and the disk of the sandbox folder.", inner: e);
        }
    }

    /// <summary>Lets a cluster stay. Not to be cancelled half-way: the caller learns of a cluster that is there.</summary>
    private static async Task LeaveAsync(SandboxState state, ClusterPlace place, ClusterGuard guard, FileStream claim)
    {
        state.Prepare(place.Folder);
        if ((await guard.OrderAsync("leave", CancellationToken.None)).Code != 0)
            throw new LockkeeperException(SandboxErrors.FolderUnusable, $"the record of the sandbox cluster '{state.Name}' could not be written", "Look at the rights and the disk of the sandbox folder.");
        await guard.DisposeAsync();
        await claim.DisposeAsync();
        File.Delete(place.Lock);
    }

    /// <summary>The error of a server that does not start, with what it logged.</summary>
    public static LockkeeperException DidNotStart(SandboxState state, ClusterPlace place)
    {
        var log = LastLines(place.Log);
        return log switch
        {
            _ when IsPortTaken(log) => new LockkeeperException(
                SandboxErrors.PortTaken, $"port {state.Port} of 127.0.0.1 is in use, so the sandbox cluster '{state.Name}' cannot start", "End the program that listens on the port, or make a new cluster."),
            _ when IsDiskFull(log) => DiskFull(place),
            _ => new LockkeeperException(SandboxErrors.DidNotStart, $"the server of the sandbox cluster '{state.Name}' did not start", "The server's last words are below; a wrong setting is named there.")
            {
                Facts = [new ErrorFact("LOG", log)],
            },
        };
    }

    private static async Task<SandboxState> StartOnFreePortAsync(SandboxState state, ClusterPlace place, int? wanted, ClusterGuard guard, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            state = state with { Port = wanted ?? FreePort.Find() };
            await File.AppendAllTextAsync(Path.Combine(place.Data, "postgresql.conf"), $"port = {state.Port}\n", cancel);
            if ((await guard.OrderAsync("start", cancel)).Code == 0)
                return state;
            var error = DidNotStart(state, place);
            // Between finding a port and listening on it another program may have taken it.
            if (error.Code != SandboxErrors.PortTaken || wanted is not null || tries == PortTries)
                throw error;
        }
    }

    private static LockkeeperException InitFailed(SandboxState state, ClusterPlace place, string output) => IsDiskFull(output)
        ? DiskFull(place)
        : new LockkeeperException(SandboxErrors.InitFailed, $"the files of the sandbox cluster '{state.Name}' could not be made", "The output of initdb is below.")
        {
            Facts = [new ErrorFact("OUTPUT", output)],
        };

    private static LockkeeperException DiskFull(ClusterPlace place) =>
        new(SandboxErrors.DiskFull, $"there is no room left for a sandbox cluster in {Path.GetDirectoryName(place.Folder)}", "Make room (a cluster starts at 40 MB), or set LK_SANDBOX_FOLDER to a folder on another disk.");

    private static bool IsDiskFull(string text) => text.Contains("No space left on device", StringComparison.Ordinal);

    private static bool IsPortTaken(string text) => text.Contains("Address already in use", StringComparison.Ordinal);

    private static string LastLines(string file)
    {
        try
        {
            return string.Join('\n', File.ReadLines(file).TakeLast(15));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
