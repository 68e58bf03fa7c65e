using Lockkeeper.Engines.PostgreSql;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Connections;

/// <summary>The lease by itself, on a real server.</summary>
public sealed class LeaseTests
{
    private static async Task<TestDatabase> DatabaseAsync()
    {
        var database = await TestDatabase.CreateAsync();
        await using var connection = await database.OpenAsync();
        foreach (var statement in LeaseTables.Statements.Prepend("CREATE SCHEMA lockkeeper"))
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }

        return database;
    }

    private static Task<Lease> TakeAsync(TestDatabase database, string holder, TimeSpan wait = default, string? url = null) =>
        Lease.TakeAsync(new LeasePlace(PostgreSqlServer.At(url ?? database.Url, new Redactor())), holder, wait, new SilentProgress(), TimeProvider.System, TestContext.Current.CancellationToken);

    private static async Task<string?> FenceAsync(TestDatabase database, long epoch)
    {
        try
        {
            await database.ExecuteAsync($"SELECT lockkeeper.fence({epoch})");
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }

    [Fact]
    public async Task each_holder_has_a_greater_number_and_the_fence_lets_only_the_last_one_through()
    {
        await using var database = await DatabaseAsync();
        long first;
        await using (var lease = await TakeAsync(database, "anna"))
        {
            first = lease.Epoch;
            (await FenceAsync(database, first)).ShouldBeNull();
        }

        (await FenceAsync(database, first)).ShouldBe(LeaseTables.FenceState);
        await using var next = await TakeAsync(database, "bob");
        next.Epoch.ShouldBeGreaterThan(first);
        (await FenceAsync(database, first)).ShouldBe(LeaseTables.FenceState);
        (await FenceAsync(database, next.Epoch)).ShouldBeNull();
        (await FenceAsync(database, next.Epoch + 1)).ShouldBe(LeaseTables.FenceState);
    }

    [Fact]
    public async Task while_it_is_held_others_are_told_by_whom()
    {
        await using var database = await DatabaseAsync();
        await using var lease = await TakeAsync(database, "anna's run");
        var error = await Should.ThrowAsync<LockkeeperException>(() => TakeAsync(database, "bob"));
        error.Code.ShouldBe(PostgreSqlErrors.LeaseHeld);
        error.Message.ShouldContain("anna's run");
    }

    [Fact]
    public async Task it_is_free_at_once_when_the_holders_session_has_ended()
    {
        await using var database = await DatabaseAsync();
        await using var lease = await TakeAsync(database, "anna");
        await database.ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 3600000; SELECT pg_terminate_backend(backend_pid, 10000) FROM lockkeeper.lease");
        await using var next = await TakeAsync(database, "bob", TimeSpan.FromMinutes(1));
        next.Epoch.ShouldBe(lease.Epoch + 1);
    }

    [Fact]
    public async Task a_process_id_that_was_given_to_another_session_does_not_keep_it()
    {
        await using var database = await DatabaseAsync();
        await using var stranger = await database.OpenAsync();
        await database.ExecuteAsync($"UPDATE lockkeeper.lease SET epoch = 7, held = true, holder = 'dead', ttl_ms = 3600000, backend_pid = {stranger.ProcessID}, backend_start = now() - interval '1 day'; UPDATE lockkeeper.heartbeat SET epoch = 7, at = now()");
        await using var next = await TakeAsync(database, "bob");
        next.Epoch.ShouldBe(8);
    }

    [Fact]
    public async Task an_open_fenced_transaction_keeps_it_even_when_its_time_is_up()
    {
        await using var database = await DatabaseAsync();
        await using var lease = await TakeAsync(database, "anna");
        await using var work = await database.OpenAsync();
        await using var transaction = await work.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var fence = new NpgsqlCommand($"SELECT lockkeeper.fence({lease.Epoch})", work, transaction))
            await fence.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync("UPDATE lockkeeper.heartbeat SET at = '-infinity'");
        (await Should.ThrowAsync<LockkeeperException>(() => TakeAsync(database, "bob"))).Code.ShouldBe(PostgreSqlErrors.LeaseHeld);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task a_holder_whose_time_is_up_loses_it_and_is_told()
    {
        await using var database = await DatabaseAsync();
        await using var lease = await TakeAsync(database, "anna");
        await database.ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 0");
        await using var next = await TakeAsync(database, "bob", TimeSpan.FromMinutes(1));
        var told = new TaskCompletionSource();
        await using var registration = lease.Lost.Register(told.SetResult);
        await told.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        (await FenceAsync(database, lease.Epoch)).ShouldBe(LeaseTables.FenceState);
        (await FenceAsync(database, next.Epoch)).ShouldBeNull();
    }

    [Fact]
    public async Task giving_back_a_lost_lease_does_not_free_the_others()
    {
        await using var database = await DatabaseAsync();
        var lease = await TakeAsync(database, "anna");
        await database.ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 0");
        await using var next = await TakeAsync(database, "bob", TimeSpan.FromMinutes(1));
        await lease.DisposeAsync();
        (await FenceAsync(database, next.Epoch)).ShouldBeNull();
    }

    [Fact]
    public async Task a_heartbeat_whose_session_is_ended_connects_again_and_the_lease_stays()
    {
        await using var database = await DatabaseAsync();
        await using var lease = await TakeAsync(database, "anna");
        var before = await database.ScalarAsync("SELECT backend_pid::text FROM lockkeeper.lease");
        await database.ExecuteAsync("SELECT pg_terminate_backend(backend_pid, 10000) FROM lockkeeper.lease");
        for (var tries = 0; await database.ScalarAsync("SELECT (EXISTS (SELECT FROM lockkeeper.lease l JOIN pg_stat_activity a ON a.pid = l.backend_pid AND a.backend_start = l.backend_start))::text") != "true"; tries++)
        {
            tries.ShouldBeLessThan(600);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        (await database.ScalarAsync("SELECT backend_pid::text FROM lockkeeper.lease")).ShouldNotBe(before);
        lease.Lost.IsCancellationRequested.ShouldBeFalse();
        (await FenceAsync(database, lease.Epoch)).ShouldBeNull();
    }

    [Fact]
    public async Task of_many_takers_at_once_one_gets_it_at_a_time()
    {
        await using var database = await DatabaseAsync();
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            await using var lease = await TakeAsync(database, $"runner {n}", TimeSpan.FromMinutes(2));
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(20);
            Interlocked.Decrement(ref inside);
        }));
        most.ShouldBe(1);
        (await database.ScalarAsync("SELECT epoch::text FROM lockkeeper.lease")).ShouldBe("8");
    }

    [Fact]
    public async Task another_role_without_rights_over_the_holders_session_waits_for_it_too()
    {
        await using var database = await DatabaseAsync();
        var role = $"r_{database.Name}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'pw'; GRANT USAGE ON SCHEMA lockkeeper TO {role}; GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA lockkeeper TO {role}");
        var lease = await TakeAsync(database, "anna");
        (await Should.ThrowAsync<LockkeeperException>(() => TakeAsync(database, "bob", url: database.UrlAs(role, "pw")))).Code.ShouldBe(PostgreSqlErrors.LeaseHeld);
        await lease.DisposeAsync();
        await using var next = await TakeAsync(database, "bob", url: database.UrlAs(role, "pw"));
        next.Epoch.ShouldBe(lease.Epoch + 1);
    }
}
