using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>A real PgBouncer in transaction mode in front of a cluster. Whoever logs in is the server's superuser.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly TestFolder folder;
    private readonly OwnedProcess process;

    private PgBouncer(TestFolder folder, OwnedProcess process, int port)
    {
        this.folder = folder;
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>What it logged.</summary>
    public string Log => process.Errors;

    public string Url(string database) => $"postgres://postgres:any@127.0.0.1:{Port}/{database}";

    /// <summary>Starts one; <paramref name="settings"/> win over transaction mode with pools of 20, and <paramref name="port"/> is that of one that has ended.</summary>
    public static async Task<PgBouncer> StartAsync(SandboxCluster cluster, IReadOnlyDictionary<string, string>? settings = null, int? port = null)
    {
        for (var tries = 1; ; tries++)
        {
            var bouncer = Start(cluster, port ?? FreePort.Find(), settings ?? new Dictionary<string, string>());
            if (await bouncer.IsReadyAsync())
                return bouncer;
            var log = bouncer.Log;
            await bouncer.DisposeAsync();
            // Another program may have taken the port first.
            if (tries == 5)
                throw new InvalidOperationException($"pgbouncer did not start:\n{log}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }

    private static PgBouncer Start(SandboxCluster cluster, int port, IReadOnlyDictionary<string, string> settings)
    {
        var all = new Dictionary<string, string>
        {
            ["listen_addr"] = "127.0.0.1",
            ["listen_port"] = $"{port}",
            ["unix_socket_dir"] = "",
            ["auth_type"] = "any",
            ["pool_mode"] = "transaction",
            ["default_pool_size"] = "20",
            ["max_client_conn"] = "300",
            ["ignore_startup_parameters"] = "extra_float_digits,options",
        };
        foreach (var (name, value) in settings)
            all[name] = value;
        var files = new TestFolder();
        var file = files.Write(
            "pgbouncer.ini",
            $"""
            [databases]
            * = host=127.0.0.1 port={cluster.Port} user={cluster.User} password={cluster.Password}
            [pgbouncer]
            {string.Join('\n', all.Select(one => $"{one.Key} = {one.Value}"))}
            """);
        // The end of the pipe, which is also our death, ends pgbouncer.
        const string script = """
            "$@" </dev/null >/dev/null &
            cat >/dev/null
            kill $!
            wait
            """;
        var guard = OwnedProcess.Start(
            new ProcessSpec("/bin/sh", ["-c", script, "pgbouncer-guard", .. ServerUser.Find().Launcher, "pgbouncer", file])
            {
                Folder = "/",
                // Debian keeps it where ordinary users do not look.
                Environment = new Dictionary<string, string?> { ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin" },
            },
            new Redactor());
        return new PgBouncer(files, guard, port);
    }

    private async Task<bool> IsReadyAsync()
    {
        for (var tries = 0; tries < 200; tries++)
        {
            if (Log.Contains("FATAL", StringComparison.Ordinal))
                return false;
            if (await TcpPort.AnswersAsync(Port) && Log.Contains("process up", StringComparison.Ordinal))
                return true;
            await Task.Delay(25);
        }

        return false;
    }
}
