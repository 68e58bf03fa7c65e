using System.Diagnostics;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A real standby, made by pg_basebackup.</summary>
public sealed class StandbyTests
{
    [Fact]
    public async Task a_standby_is_refused_before_anything_runs_and_a_url_with_both_hosts_finds_the_primary()
    {
        await using var primary = await TestCluster.StartAsync(new Dictionary<string, string> { ["wal_level"] = "replica", ["max_wal_senders"] = "4", ["hot_standby"] = "on" });
        await using var database = await TestDatabase.CreateAsync(cluster: primary);
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", "CREATE TABLE orders (id int);").PointTo("dev", database.Url);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0002_items", "CREATE TABLE items (id int);");

        await using var standby = await Standby.OfAsync(primary);
        var url = new UriBuilder(database.Url) { Port = standby.Port }.Uri.AbsoluteUri;
        project.PointTo("dev", url);
        await standby.HasAsync(url);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK3068: ");
        result.Errors.ShouldContain("standby");
        result.Errors.ShouldContain("HINT: ");
        // What only reads works there.
        var status = await project.RunAsync("migrate", "status");
        status.ExitCode.ShouldBe(0, status.ToString());
        status.Output.ShouldContain("0002");
        (await project.RunAsync("migrate", "plan", "--env", "dev")).ExitCode.ShouldBe(0);

        var both = database.Url.Replace($"127.0.0.1:{primary.Port}", $"127.0.0.1:{standby.Port},127.0.0.1:{primary.Port}", StringComparison.Ordinal) + "?target_session_attrs=primary";
        project.PointTo("dev", both);
        var found = await project.RunAsync("migrate", "apply", "--env", "dev");
        found.ExitCode.ShouldBe(0, found.ToString());
        (await database.TablesAsync("orders", "items")).ShouldBe("orders:t items:t");
    }

    private sealed class Standby : IAsyncDisposable
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
        public async Task HasAsync(string url)
        {
            var target = new Uri(url);
            var login = target.UserInfo.Split(':');
            var text = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Port, Username = login[0], Password = Uri.UnescapeDataString(login[1]), Database = target.AbsolutePath[1..], Pooling = false };
            var started = Stopwatch.GetTimestamp();
            while (true)
            {
                try
                {
                    await using var connection = new NpgsqlConnection(text.ConnectionString);
                    await connection.OpenAsync();
                    await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery() AND EXISTS (SELECT FROM lockkeeper.releases WHERE outcome = 'passed')", connection);
                    if (await command.ExecuteScalarAsync() is true)
                        return;
                }
                catch (NpgsqlException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1))
                {
                    // Not up yet.
                }

                if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
                    throw new TimeoutException($"the standby did not come up:\n{server.Errors}");
                await Task.Delay(100);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            folder.Dispose();
        }
    }
}
