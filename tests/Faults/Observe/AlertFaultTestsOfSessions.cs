using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>Connections, transactions that stay open, and statements that do not end.</summary>
public sealed class AlertFaultTestsOfSessions(AlertFaultTestsOfSessions.Server fixture) : IClassFixture<AlertFaultTestsOfSessions.Server>
{
    private SandboxCluster server = null!;

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresConnectionsNearLimit")]
    public async Task most_connections_are_used(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await using var crowd = await Crowd.OpenAsync(server, 0);
        await harness.ProveAsync("PostgresConnectionsNearLimit", () => crowd.GrowAsync(18), () => crowd.LeaveAsync());
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresConnectionsExhausted")]
    public async Task the_last_connection_is_used(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await using var crowd = await Crowd.OpenAsync(server, 0);
        // The monitor has the first of the 22 that are no superuser's.
        await harness.ProveAsync("PostgresConnectionsExhausted", () => crowd.GrowAsync(21), () => crowd.LeaveAsync());
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresIdleInTransaction", "PostgresLongTransaction")]
    public async Task a_session_is_idle_inside_a_transaction(int version)
    {
        server = await fixture.OnAsync(version);
        // Five minutes and an hour in the rules.
        await using var harness = AlertHarness.Of(server, ("PostgresIdleInTransaction", 0.5), ("PostgresLongTransaction", 0.5));
        await harness.QuietAsync("PostgresIdleInTransaction", "PostgresLongTransaction");
        await using var client = await Session.OpenAsync(server);
        await client.RunAsync("BEGIN");
        await client.RunAsync("SELECT 1");
        (await harness.FiresAsync("PostgresIdleInTransaction")).Summary.ShouldStartWith("a session of server has been idle inside a transaction for");
        await harness.FiresAsync("PostgresLongTransaction");
        await client.RunAsync("COMMIT");
        await harness.ResolvesAsync("PostgresIdleInTransaction");
        await harness.ResolvesAsync("PostgresLongTransaction");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresLongStatement")]
    public async Task a_statement_does_not_end(int version)
    {
        server = await fixture.OnAsync(version);
        // Half an hour in the rule.
        await using var harness = AlertHarness.Of(server, ("PostgresLongStatement", 0.5));
        await using var client = await Session.OpenAsync(server);
        var pid = await client.ScalarAsync("SELECT pg_backend_pid()");
        var statement = Task.CompletedTask;
        await harness.ProveAsync(
            "PostgresLongStatement",
            () => Task.FromResult(statement = client.FailAsync("SELECT pg_sleep(600)")),
            async () =>
            {
                await Session.OnceAsync(server, $"SELECT pg_cancel_backend({pid})");
                await statement;
            });
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresPreparedTransactionOld")]
    public async Task a_prepared_transaction_is_forgotten(int version)
    {
        server = await fixture.OnAsync(version);
        // Ten minutes in the rule.
        await using var harness = AlertHarness.Of(server, ("PostgresPreparedTransactionOld", 0.5));
        await harness.ProveAsync(
            "PostgresPreparedTransactionOld",
            () => Session.OnceAsync(server, "BEGIN", "CREATE TABLE prepared (id int)", "PREPARE TRANSACTION 'forgotten'"),
            () => Session.OnceAsync(server, "ROLLBACK PREPARED 'forgotten'"));
    }

    public sealed class Server : IAsyncDisposable
    {
        private readonly ServersByVersion servers = new(new Dictionary<string, string> { ["max_connections"] = "25", ["superuser_reserved_connections"] = "3", ["max_wal_senders"] = "0", ["wal_level"] = "replica" });

        internal Task<SandboxCluster> OnAsync(int version) => servers.OnAsync(version);

        public ValueTask DisposeAsync() => servers.DisposeAsync();
    }
}

/// <summary>Many sessions at once.</summary>
internal sealed class Crowd(SandboxCluster server) : IAsyncDisposable
{
    private readonly List<Session> sessions = [];

    public static async Task<Crowd> OpenAsync(SandboxCluster server, int count)
    {
        var crowd = new Crowd(server);
        await crowd.GrowAsync(count);
        return crowd;
    }

    public IReadOnlyList<Session> Sessions => sessions;

    public async Task GrowAsync(int count)
    {
        for (var i = 0; i < count; i++)
            sessions.Add(await Session.OpenAsync(server));
    }

    public async Task LeaveAsync()
    {
        foreach (var session in sessions)
            await session.DisposeAsync();
        sessions.Clear();
    }

    public async ValueTask DisposeAsync() => await LeaveAsync();
}
