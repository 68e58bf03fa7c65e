using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>A real PgBouncer whose pool is taken, whose places for clients are taken, and that is gone.</summary>
public sealed class AlertFaultTestsOfPoolers
{
    private static readonly Dictionary<string, string> small = new() { ["stats_users"] = "postgres", ["default_pool_size"] = "2", ["max_client_conn"] = "20" };

    [Fact, AlertFault("PgBouncerPoolStarved", "PgBouncerClientsWaitLong", "PgBouncerClientsNearLimit")]
    public async Task a_pool_is_starved_by_clients_that_sit_in_their_transactions()
    {
        var server = await TestCluster.SharedAsync();
        await using var pooler = await PgBouncer.StartAsync(server, small);
        // 20 clients and 15 s in the rules.
        await using var harness = new AlertHarness(rule => rule.Name switch { "PgBouncerPoolStarved" => rule with { Threshold = 10 }, "PgBouncerClientsWaitLong" => rule with { Threshold = 1 }, _ => rule }).WatchPooler("pooler", pooler.Url("pgbouncer"));
        await harness.QuietAsync("PgBouncerDown", "PgBouncerPoolStarved", "PgBouncerClientsWaitLong", "PgBouncerClientsNearLimit");

        List<Session> clients = [];
        try
        {
            for (var i = 0; i < 2; i++)
            {
                clients.Add(await Session.OpenAsync(pooler.Url("postgres")));
                await clients[^1].RunAsync("BEGIN");
            }

            // All of them have signed in: only what they ask waits.
            var waiting = new List<Task>();
            for (var i = 0; i < 16; i++)
            {
                var client = await Session.OpenAsync(pooler.Url("postgres"));
                clients.Add(client);
                waiting.Add(client.RunAsync("SELECT 1"));
            }

            var starved = await harness.FiresAsync("PgBouncerPoolStarved");
            (starved.Value, starved.Labels["database"], starved.Labels["user"]).ShouldBe((16, "postgres", server.User));
            (await harness.FiresAsync("PgBouncerClientsWaitLong")).Value.ShouldBeGreaterThan(1);
            // 18 clients and our own of 20.
            (await harness.FiresAsync("PgBouncerClientsNearLimit")).Value.ShouldBe(0.95);

            await clients[0].RunAsync("COMMIT");
            await Task.WhenAll(waiting);
            await harness.ResolvesAsync("PgBouncerPoolStarved");
            await harness.ResolvesAsync("PgBouncerClientsWaitLong");
        }
        finally
        {
            foreach (var client in clients)
                await client.DisposeAsync();
        }

        await harness.ResolvesAsync("PgBouncerClientsNearLimit");
    }

    [Fact]
    public async Task the_console_is_read_when_no_place_for_a_client_is_left()
    {
        var server = await TestCluster.SharedAsync();
        await using var pooler = await PgBouncer.StartAsync(server, new Dictionary<string, string>(small) { ["max_client_conn"] = "2" });
        await using var one = await Session.OpenAsync(pooler.Url("postgres"));
        await using var other = await Session.OpenAsync(pooler.Url("postgres"));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => Session.OpenAsync(pooler.Url("postgres")));
        await using var harness = new AlertHarness().WatchPooler("pooler", pooler.Url("pgbouncer"));
        (await harness.RoundAsync()).ShouldHaveSingleItem().IsUp.ShouldBeTrue();
        await harness.FiresAsync("PgBouncerClientsNearLimit");
    }

    [Fact, AlertFault("PgBouncerDown")]
    public async Task a_pooler_is_ended_and_comes_back()
    {
        var server = await TestCluster.SharedAsync();
        var pooler = await PgBouncer.StartAsync(server, small);
        try
        {
            await using var harness = new AlertHarness().WatchPooler("pooler", pooler.Url("pgbouncer"));
            await harness.QuietAsync("PgBouncerDown");
            var port = pooler.Port;
            await pooler.DisposeAsync();
            (await harness.FiresAsync("PgBouncerDown")).Summary.ShouldBe("the pooler pooler does not answer, or does not let the monitoring role in");
            pooler = await PgBouncer.StartAsync(server, small, port);
            await harness.ResolvesAsync("PgBouncerDown");
        }
        finally
        {
            await pooler.DisposeAsync();
        }
    }

    [Fact]
    public async Task a_pooler_that_was_restarted_between_two_scrapes_was_not_down()
    {
        var server = await TestCluster.SharedAsync();
        var pooler = await PgBouncer.StartAsync(server, small);
        try
        {
            await using var harness = new AlertHarness().WatchPooler("pooler", pooler.Url("pgbouncer"));
            (await harness.RoundAsync())[0].IsUp.ShouldBeTrue();
            var port = pooler.Port;
            await pooler.DisposeAsync();
            pooler = await PgBouncer.StartAsync(server, small, port);
            (await harness.RoundAsync())[0].IsUp.ShouldBeTrue();
        }
        finally
        {
            await pooler.DisposeAsync();
        }
    }
}
