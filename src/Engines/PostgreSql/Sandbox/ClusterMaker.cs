using System.Security.Cryptography;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>Makes a cluster under a guard, so that dying half-way leaves nothing.</summary>
internal static class ClusterMaker
{
    private const int PortTries = 5;

    /// <summary>Makes and starts it.</summary>
    public static async Task<SandboxCluster> MakeAsync(
        ClusterPlace place, ServerBinary binary, SandboxOptions options, SandboxPorts ports, FileStream? claim, CancellationToken cancel)
    {
        var state = new SandboxState
        {
            Name = place.Name,
            MajorVersion = binary.MajorVersion,
            Version = binary.Version,
            Port = 0,
            BinariesFolder = binary.Folder,
            Password = options.Password ?? RandomNumberGenerator.GetHexString(24, lowercase: true),
            Created = ports.Clock.GetUtcNow(),
            Settings = options.Settings,
        };
        var guard = await ClusterGuard.StartAsync(place, removeAtEnd: true, state.Password, ports, cancel);
        try
        {
            ports.Progress.Now($"making the sandbox cluster {place.Name}");
            if (await guard.OrderAsync("init", cancel) != 0)
                throw InitFailed(place, guard.Output);
            await File.AppendAllTextAsync(Path.Combine(place.Data, "postgresql.conf"), ServerSettings.Text(options.Settings), cancel);
            ports.Progress.Now($"starting the sandbox cluster {place.Name}");
            state = state with { Port = await StartOnFreePortAsync(place, options.Port, guard, cancel) };
            ports.Progress.Now(null);
            if (options.Ephemeral)
                return new SandboxCluster(place, state, ports, guard, claim);

            // The file first: killed in between, the guard removes everything; the other way round a server without a record would stay.
            state.Write(place.Folder);
            await guard.OrderAsync("leave", CancellationToken.None);
            await guard.DisposeAsync();
            return new SandboxCluster(place, state, ports, guard: null, claim: null);
        }
        catch
        {
            await guard.DisposeAsync();
            throw;
        }
    }

    /// <summary>The error of a server that does not start, with what it logged.</summary>
    public static LockkeeperException DidNotStart(ClusterPlace place, int port)
    {
        var log = LastLines(place.Log);
        return log switch
        {
            _ when IsPortTaken(log) => new LockkeeperException(
                SandboxErrors.PortTaken, $"port {port} of 127.0.0.1 is in use, so the sandbox cluster '{place.Name}' cannot start", "End the program that listens on the port, or make a new cluster."),
            _ when IsDiskFull(log) => DiskFull(place),
            _ => new LockkeeperException(SandboxErrors.DidNotStart, $"the server of the sandbox cluster '{place.Name}' did not start", "The server's last words are below; a wrong setting is named there.")
            {
                Facts = [new ErrorFact("LOG", log)],
            },
        };
    }

    private static async Task<int> StartOnFreePortAsync(ClusterPlace place, int? wanted, ClusterGuard guard, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            var port = wanted ?? FreePort.Find();
            await File.AppendAllTextAsync(Path.Combine(place.Data, "postgresql.conf"), $"port = {port}\n", cancel);
            if (await guard.OrderAsync("start", cancel) == 0)
                return port;
            var error = DidNotStart(place, port);
            // Between finding a port and listening on it another program may have taken it.
            if (error.Code != SandboxErrors.PortTaken || wanted is not null || tries == PortTries)
                throw error;
        }
    }

    private static LockkeeperException InitFailed(ClusterPlace place, string output) => IsDiskFull(output)
        ? DiskFull(place)
        : new LockkeeperException(SandboxErrors.InitFailed, $"the files of the sandbox cluster '{place.Name}' could not be made", "The output of initdb is below.")
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
