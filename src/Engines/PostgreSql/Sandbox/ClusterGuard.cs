using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>What a guard does with its cluster when the owner is done or dead.</summary>
internal enum GuardEnd
{
    /// <summary>Stops it at once and removes its folder.</summary>
    Remove,

    /// <summary>Stops it in order; the files stay.</summary>
    Stop,

    /// <summary>Nothing.</summary>
    Leave,
}

/// <summary>The small shell process that makes, starts, stops and removes a cluster (guard.sh), and cleans up when its owner dies.</summary>
internal sealed class ClusterGuard : IAsyncDisposable
{
    private static readonly Lazy<string> Script = new(ReadScript);

    private readonly OwnedProcess shell;
    private readonly SemaphoreSlim oneAtATime = new(1, 1);

    private ClusterGuard(OwnedProcess shell) => this.shell = shell;

    /// <summary>Starts a guard over a cluster's folder.</summary>
    /// <param name="place">The cluster's folder, lock and binaries.</param>
    /// <param name="end">What happens when the owner is done or dead.</param>
    /// <param name="password">The superuser's password, for a new cluster.</param>
    /// <param name="ports">The outside.</param>
    /// <param name="cancel">Stops waiting.</param>
    public static async Task<ClusterGuard> StartAsync(ClusterPlace place, GuardEnd end, string password, SandboxPorts ports, CancellationToken cancel)
    {
        var user = ServerUser.Find();
        var words = new List<string> { "/bin/sh", "-c", Script.Value, "lk-sandbox", place.Folder, place.Binaries, end.ToString().ToLowerInvariant(), user.Owner, place.Lock };
        words.AddRange(user.Launcher);
        // In a session of its own the guard does not get the Ctrl-C of the owner's terminal. macOS has no setsid program.
        if (OperatingSystem.IsLinux())
            words.Insert(0, "setsid");
        var process = OwnedProcess.Start(
            new ProcessSpec(words[0], words[1..])
            {
                // The server's user may not be able to enter this process's own folder.
                Folder = "/",
                Environment = new Dictionary<string, string?>
                {
                    ["LC_ALL"] = "C",
                    ["LK_LOCALE"] = OperatingSystem.IsLinux() ? "C.UTF-8" : "C",
                    ["PGDATA"] = null,
                    ["PGPORT"] = null,
                    ["PGOPTIONS"] = null,
                },
            },
            ports.Redactor);
        var guard = new ClusterGuard(process);
        await guard.SayAsync(password, cancel);
        return guard;
    }

    /// <summary>Gives an order and waits for its exit code and for all that its programs said.</summary>
    /// <param name="order">init, start, stop MODE, or leave.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<(int Code, string Output)> OrderAsync(string order, CancellationToken cancel)
    {
        await oneAtATime.WaitAsync(cancel);
        try
        {
            await SayAsync(order, cancel);
            var said = new List<string>();
            // On one stream with the answer, which therefore comes after the programs' last words.
            while (await shell.ReadLineAsync(cancel) is { } line)
            {
                if (line.StartsWith("= ", StringComparison.Ordinal) && int.TryParse(line[(line.LastIndexOf(' ') + 1)..], out var code))
                    return (code, string.Join('\n', said));
                if (line.Length > 0)
                    said.Add(line);
            }

            return (255, string.Join('\n', [.. said, shell.Errors]));
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>Ends the input and waits until the guard has cleaned up.</summary>
    public async ValueTask DisposeAsync()
    {
        await shell.DisposeAsync();
        oneAtATime.Dispose();
    }

    private async Task SayAsync(string line, CancellationToken cancel)
    {
        try
        {
            await shell.WriteLineAsync(line, cancel);
        }
        catch (IOException e)
        {
            throw new LockkeeperException(SandboxErrors.DidNotStart, "the guard of the sandbox cluster has ended", "Start the cluster again.", inner: e)
            {
                Facts = [new ErrorFact("OUTPUT", shell.Errors)],
            };
        }
    }

    private static string ReadScript()
    {
        using var stream = typeof(ClusterGuard).Assembly.GetManifestResourceStream("Lockkeeper.Engines.PostgreSql.Sandbox.guard.sh")
            ?? throw new InvalidOperationException("guard.sh is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
