using System.Diagnostics;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Npgsql;
using Shouldly;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A real standby of a cluster, made by pg_basebackup.</summary>
internal sealed class Standby : IAsyncDisposable
{
    private readonly TestFolder folder;
    private readonly OwnedProcess server;

    private Standby(TestFolder folder, OwnedProcess server, int port)
    {
        this.folder = folder;
        this.server = server;
        Port = port;
    }

    public int Port { get; }

    public static async Task<Standby> OfAsync(SandboxCluster primary)
    {
        var port = FreePort.Find();
        var files = new TestFolder();
        var user = ServerUser.Find();
        // The server's user makes and owns the data.
        File.SetUnixFileMode(files.Path, (UnixFileMode)Convert.ToInt32("777", 8));
        var data = Path.Combine(files.Path, "data");
        var bin = primary.BinariesFolder;
        var password = new Dictionary<string, string?> { ["PGPASSWORD"] = primary.Password };
        List<string> copy = [.. user.Launcher, $"{bin}/pg_basebackup", "-h", "127.0.0.1", "-p", $"{primary.Port}", "-U", primary.User, "-D", data, "-R", "-X", "stream", "-c", "fast"];
        var copied = await new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(new ProcessSpec(copy[0], [.. copy.Skip(1)]) { Folder = "/", Environment = password }, CancellationToken.None);
        copied.ExitCode.ShouldBe(0, copied.AllOutput);
        // The end of the pipe, which is also our death, ends the server.
        const string script = """
            "$@" </dev/null &
            cat >/dev/null
            kill -INT $!
            wait
            """;
        var started = OwnedProcess.Start(
            new ProcessSpec("/bin/sh", ["-c", script, "standby-guard", .. user.Launcher, $"{bin}/postgres", "-D", data, "-p", $"{port}", "-k", files.Path, "-c", "listen_addresses=127.0.0.1"])
            { Folder = "/", Environment = password },
            new Redactor());
        return new Standby(files, started, port);
    }

    /// <summary>Waits until it answers and has the last of the primary's changes.</summary>
    public Task HasAsync(string url) => UntilAsync(url, "SELECT pg_is_in_recovery() AND EXISTS (SELECT FROM lockkeeper.releases WHERE outcome = 'passed')");

    /// <summary>Waits until it answers a query with true.</summary>
    /// <param name="url">A database of the primary.</param>
    /// <param name="sql">The query.</param>
    public async Task UntilAsync(string url, string sql)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await ScalarAsync(url, sql) is true)
                    return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1))
            {
                // Not up yet.
            }

            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
                throw new TimeoutException($"the standby did not come up, or never answered {sql}:\n{server.Errors}");
            await Task.Delay(100);
        }
    }

    /// <summary>Asks it something.</summary>
    /// <param name="url">A database of the primary.</param>
    /// <param name="sql">The query.</param>
    public async Task<object?> ScalarAsync(string url, string sql)
    {
        var target = new Uri(url);
        var login = target.UserInfo.Split(':');
        var text = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Port, Username = login[0], Password = Uri.UnescapeDataString(login[1]), Database = target.AbsolutePath[1..], Pooling = false };
        await using var connection = new NpgsqlConnection(text.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }
}
