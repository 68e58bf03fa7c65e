using System.Net;
using System.Net.Sockets;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>A folder for a PgBouncer that the program makes, which is ended with the test, or with this process, however that ends.</summary>
public sealed class PoolerPlace : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly OwnedProcess guard;

    public PoolerPlace()
    {
        // Its own user makes the folder, and need not be the one that runs the tests.
        File.SetUnixFileMode(folder.Path, (UnixFileMode)Convert.ToInt32("777", 8));
        guard = OwnedProcess.Start(new ProcessSpec("/bin/sh", "-c", "cat >/dev/null; for f; do [ ! -f \"$f\" ] || kill -TERM \"$(cat \"$f\")\"; done", "pooler-guard", Path.Combine(Folder, "pgbouncer.pid"), folder["exporter/exporter.pid"]) { Folder = "/" }, new Redactor());
    }

    /// <summary>The folder of its files; made by the program.</summary>
    public string Folder => folder["p"];

    /// <summary>Who it runs as: as root somebody else, since PgBouncer refuses root.</summary>
    public static string User => Environment.IsPrivilegedProcess ? "postgres" : Environment.UserName;

    /// <summary>A file of it.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>A port that nobody listens on, below those that the system gives to connections and to whoever asks for any.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(30_001, 32_700);
            using var listener = new TcpListener(IPAddress.Any, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        var running = File.Exists(this["pgbouncer.pid"]) && int.TryParse(await File.ReadAllTextAsync(this["pgbouncer.pid"]), out var pid) ? pid : 0;
        await guard.DisposeAsync();
        await Eventually.TrueAsync(() => running == 0 || !ProcessState.IsAlive(running), "the end of the pooler");
        folder.Dispose();
    }
}
