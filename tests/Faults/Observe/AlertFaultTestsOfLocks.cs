using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>Sessions that wait for one another.</summary>
public sealed class AlertFaultTestsOfLocks(AlertFaultTestsOfLocks.Server fixture) : IClassFixture<AlertFaultTestsOfLocks.Server>
{
    private SandboxCluster server = null!;

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresSessionsBlocked", "PostgresLockQueue")]
    public async Task ddl_waits_behind_a_transaction_and_everybody_behind_the_ddl(int version)
    {
        server = await fixture.OnAsync(version);
        // Half a minute in the rule.
        await using var harness = AlertHarness.Of(server, ("PostgresSessionsBlocked", 0.5));
        await Session.OnceAsync(server, "CREATE TABLE IF NOT EXISTS orders (id int)");
        await harness.QuietAsync("PostgresSessionsBlocked", "PostgresLockQueue");
        await using var root = await Session.OpenAsync(server);
        await root.RunAsync("BEGIN");
        await root.RunAsync("SELECT * FROM orders");
        await using var crowd = await Crowd.OpenAsync(server, 11);
        var waiting = new List<Task> { crowd.Sessions[0].RunAsync("ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text") };
        await WaitingAsync(1);
        waiting.AddRange(crowd.Sessions.Skip(1).Select(session => session.RunAsync("SELECT count(*) FROM orders")));
        await WaitingAsync(11);
        (await harness.FiresAsync("PostgresSessionsBlocked")).Summary.ShouldStartWith("a session of server has waited for a lock for");
        (await harness.FiresAsync("PostgresLockQueue")).Value.ShouldBe(11);
        await root.RunAsync("COMMIT");
        await Task.WhenAll(waiting);
        await harness.ResolvesAsync("PostgresLockQueue");
        await harness.ResolvesAsync("PostgresSessionsBlocked");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresDeadlocks")]
    public async Task transactions_lock_rows_in_different_orders(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await Session.OnceAsync(server, "CREATE TABLE accounts (id int PRIMARY KEY, sum int)", "INSERT INTO accounts VALUES (1, 0), (2, 0)");
        await harness.QuietAsync("PostgresDeadlocks");
        for (var i = 0; i < 6; i++)
        {
            await using var one = await Session.OpenAsync(server);
            await using var other = await Session.OpenAsync(server);
            await one.RunAsync("BEGIN");
            await other.RunAsync("BEGIN");
            await one.RunAsync("UPDATE accounts SET sum = sum + 1 WHERE id = 1");
            await other.RunAsync("UPDATE accounts SET sum = sum + 1 WHERE id = 2");
            var first = one.RunAsync("UPDATE accounts SET sum = sum + 1 WHERE id = 2");
            var second = other.RunAsync("UPDATE accounts SET sum = sum + 1 WHERE id = 1");
            // The server cancels one of them, and that lets the other go on.
            var results = await Task.WhenAll(Succeeds(first), Succeeds(second));
            results.Count(succeeded => succeeded).ShouldBe(1);
        }

        harness.Pass(TimeSpan.FromSeconds(15));
        await harness.FiresAsync("PostgresDeadlocks");
        harness.Pass(TimeSpan.FromMinutes(5));
        await harness.ResolvesAsync("PostgresDeadlocks");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresLockTableNearlyFull")]
    public async Task very_many_locks_are_held(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await using var holder = await Session.OpenAsync(server);
        // There is room for 10 times 40.
        await harness.ProveAsync(
            "PostgresLockTableNearlyFull",
            () => holder.RunAsync("SELECT pg_advisory_lock(id) FROM generate_series(1, 220) AS id"),
            () => holder.RunAsync("SELECT pg_advisory_unlock_all()"));
    }

    private async Task WaitingAsync(int sessions)
    {
        await using var session = await Session.OpenAsync(server);
        await Eventually.TrueAsync(async () => await session.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == $"{sessions}", $"{sessions} sessions that wait");
    }

    private static async Task<bool> Succeeds(Task work)
    {
        try
        {
            await work;
            return true;
        }
        catch (Npgsql.PostgresException e) when (e.SqlState == "40P01")
        {
            return false;
        }
    }

    public sealed class Server : IAsyncDisposable
    {
        private readonly ServersByVersion servers = new(new Dictionary<string, string> { ["max_connections"] = "40", ["max_prepared_transactions"] = "0", ["max_locks_per_transaction"] = "10", ["deadlock_timeout"] = "20ms" });

        internal Task<SandboxCluster> OnAsync(int version) => servers.OnAsync(version);

        public ValueTask DisposeAsync() => servers.DisposeAsync();
    }
}
