using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>A server that is down, restarted, slow to answer or closed to the monitoring role, and work that fails on it.</summary>
public sealed class AlertFaultTestsOfServers(AlertFaultTestsOfServers.Server fixture) : IClassFixture<AlertFaultTestsOfServers.Server>
{
    private SandboxCluster server = null!;

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresDown", "PostgresRestarted")]
    public async Task a_server_is_killed_and_comes_back(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await harness.QuietAsync("PostgresDown", "PostgresRestarted");
        await server.StopAsync(StopMode.Immediate);
        try
        {
            (await harness.FiresAsync("PostgresDown")).Summary.ShouldBe("server does not answer, or does not let the monitoring role in");
        }
        finally
        {
            await server.StartAgainAsync();
        }

        await harness.ResolvesAsync("PostgresDown");
        await harness.FiresAsync("PostgresRestarted");
        harness.Pass(TimeSpan.FromMinutes(10));
        await harness.ResolvesAsync("PostgresRestarted");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresMetricsMissing")]
    public async Task the_monitoring_role_lacks_its_right(int version)
    {
        server = await fixture.OnAsync(version);
        await Session.OnceAsync(server, "CREATE ROLE watcher LOGIN PASSWORD 'x'", "GRANT pg_monitor TO watcher");
        await using var harness = AlertHarness.Of($"postgres://watcher:x@127.0.0.1:{server.Port}/postgres");
        await harness.ProveAsync(
            "PostgresMetricsMissing",
            () => Session.OnceAsync(server, "REVOKE pg_monitor FROM watcher"),
            () => Session.OnceAsync(server, "GRANT pg_monitor TO watcher"));
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresScrapeSlow")]
    public async Task reading_takes_long(int version)
    {
        server = await fixture.OnAsync(version);
        // Five seconds in the rule.
        await using var link = new TcpProxy(server.Port);
        await using var harness = AlertHarness.Of(link.Through(server.Url()), ("PostgresScrapeSlow", 1));
        await harness.RoundAsync();
        link.OnClientBytes = _ => Thread.Sleep(50);
        await harness.FiresAsync("PostgresScrapeSlow");
        link.OnClientBytes = null;
        await harness.ResolvesAsync("PostgresScrapeSlow");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresRollbacks")]
    public async Task many_transactions_fail(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await harness.QuietAsync("PostgresRollbacks");
        await harness.FiresAsync("PostgresRollbacks", each: async () =>
        {
            await using var client = await Session.OpenAsync(server);
            for (var i = 0; i < 150; i++)
                await client.FailAsync("SELECT 1 / 0");
        });
        harness.Pass(TimeSpan.FromMinutes(5));
        await harness.ResolvesAsync("PostgresRollbacks");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresTempFiles")]
    public async Task sorts_do_not_fit_into_memory(int version)
    {
        server = await fixture.OnAsync(version);
        // 50 MB a second in the rule.
        await using var harness = AlertHarness.Of(server, ("PostgresTempFiles", 10_000));
        await harness.QuietAsync("PostgresTempFiles");
        await harness.FiresAsync("PostgresTempFiles", each: () => Session.OnceAsync(server, "SET work_mem = '64kB'", "SELECT count(*) FROM (SELECT i FROM generate_series(1, 100000) AS i ORDER BY i DESC) AS s"));
        harness.Pass(TimeSpan.FromMinutes(5));
        await harness.ResolvesAsync("PostgresTempFiles");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresStatementsEvicted")]
    public async Task there_are_more_statements_than_can_be_kept(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await harness.QuietAsync("PostgresStatementsEvicted");
        // Each time anew: a counter that was not reached in the first reading has no increase from one fault alone.
        await harness.FiresAsync("PostgresStatementsEvicted", each: () => Session.OnceAsync(server, [.. Enumerable.Range(1, 400).Select(i => "SELECT " + string.Join(", ", Enumerable.Repeat("1", i)))]));
    }

    public sealed class Server : IAsyncDisposable
    {
        private readonly ServersByVersion servers = new(new Dictionary<string, string> { ["pg_stat_statements.max"] = "100" }, "CREATE EXTENSION pg_stat_statements");

        internal Task<SandboxCluster> OnAsync(int version) => servers.OnAsync(version);

        public ValueTask DisposeAsync() => servers.DisposeAsync();
    }
}
