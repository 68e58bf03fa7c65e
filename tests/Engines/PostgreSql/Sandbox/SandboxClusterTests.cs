using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sandbox;

public sealed class SandboxClusterTests
{
    [Fact]
    public async Task a_cluster_answers_on_loopback_only_and_leaves_nothing_when_disposed()
    {
        string folder;
        await using (var cluster = await TestCluster.StartAsync())
        {
            folder = cluster.Folder;
            await using var database = await TestDatabase.CreateAsync(cluster: cluster);
            (await database.ScalarAsync("SHOW fsync")).ShouldBe("off");
            (await database.ScalarAsync("SHOW listen_addresses")).ShouldBe("127.0.0.1");
            (await database.ScalarAsync("SHOW unix_socket_directories")).ShouldBe("");
            (await database.ScalarAsync("SHOW server_encoding")).ShouldBe("UTF8");
            (await database.ScalarAsync("SELECT upper('grüße')")).ShouldBe("GRÜßE");
        }

        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task settings_of_the_caller_win_over_the_sandbox_defaults()
    {
        await using var cluster = await TestCluster.StartAsync(new Dictionary<string, string> { ["fsync"] = "on", ["log_line_prefix"] = "it's mine" });
        (await Psql.OutputAsync(cluster.Url(), "SHOW fsync")).ShouldBe("on");
        (await Psql.OutputAsync(cluster.Url(), "SHOW log_line_prefix")).ShouldBe("it's mine");
    }

    [Fact]
    public async Task a_wrong_password_is_refused()
    {
        var cluster = await TestCluster.SharedAsync();
        var result = await Psql.RunAsync(cluster.Url().Replace(cluster.Password, "wrong", StringComparison.Ordinal), "SELECT 1");
        result.ExitCode.ShouldBe(2);
        result.AllOutput.ShouldContain("password authentication failed");
    }

    [Theory]
    [InlineData(StopMode.Fast)]
    [InlineData(StopMode.Immediate)]
    public async Task data_survives_a_restart_on_the_same_port(StopMode mode)
    {
        await using var cluster = await TestCluster.StartAsync();
        await Psql.OutputAsync(cluster.Url(), "CREATE TABLE t AS SELECT 1 AS x; CHECKPOINT;");
        await cluster.StopAsync(mode);
        (await Psql.RunAsync(cluster.Url(), "SELECT 1")).ExitCode.ShouldBe(2);
        await cluster.StartAgainAsync();
        (await Psql.OutputAsync(cluster.Url(), "SELECT x FROM t")).ShouldBe("1");
        await cluster.RestartAsync(mode);
        (await Psql.OutputAsync(cluster.Url(), "SELECT x FROM t")).ShouldBe("1");
    }

    [Fact]
    public async Task several_start_in_parallel()
    {
        var clusters = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestCluster.StartAsync()));
        try
        {
            clusters.Select(cluster => cluster.Port).Distinct().Count().ShouldBe(4);
            foreach (var cluster in clusters)
                (await Psql.OutputAsync(cluster.Url(), "SHOW data_directory")).ShouldBe(Path.Combine(cluster.Folder, "data"));
        }
        finally
        {
            foreach (var cluster in clusters)
                await cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task the_password_is_in_no_command_line()
    {
        var cluster = await TestCluster.SharedAsync();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                (await File.ReadAllTextAsync(Path.Combine(folder, "cmdline"))).ShouldNotContain(cluster.Password);
            }
            catch (IOException)
            {
                // It ended in the meantime.
            }
        }
    }

    [Fact]
    public async Task another_major_version_comes_from_npm_and_then_from_the_cache()
    {
        using var folder = new TestFolder();
        var ports = TestPorts.Create(new Dictionary<string, string?> { ["XDG_CACHE_HOME"] = folder["cache"] });
        var options = new SandboxOptions { Ephemeral = true, MajorVersion = 17 };
        string binaries;
        await using (var cluster = await SandboxCluster.StartAsync(options, ports, CancellationToken.None))
        {
            binaries = cluster.BinariesFolder;
            binaries.ShouldStartWith(folder["cache"]);
            cluster.MajorVersion.ShouldBe(17);
            (await Psql.OutputAsync(cluster.Url(), "SELECT version()")).ShouldStartWith("PostgreSQL 17.");
        }

        var fetched = Directory.GetCreationTimeUtc(binaries);
        await using var again = await SandboxCluster.StartAsync(options, ports, CancellationToken.None);
        again.BinariesFolder.ShouldBe(binaries);
        Directory.GetCreationTimeUtc(binaries).ShouldBe(fetched);
        Directory.GetFileSystemEntries(folder["cache/lockkeeper/postgres"]).Length.ShouldBe(1);
    }
}
