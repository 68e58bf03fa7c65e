using Lockkeeper.Engines.PostgreSql.State;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.State;

/// <summary>The ledger in PostgreSQL: what every ledger does, and what can happen to a server.</summary>
public sealed class PostgreSqlLedgerTests : LedgerContract, IAsyncLifetime
{
    private TestDatabase database = null!;

    protected override string Place => database.Url;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task writers_through_a_pooler_in_transaction_mode_make_one_chain()
    {
        await using var pooler = await PgBouncer.StartAsync(database.Cluster, new Dictionary<string, string> { ["default_pool_size"] = "3" });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async writer =>
        {
            var ledger = At(writer % 2 == 0 ? pooler.Url(database.Name) : database.Url);
            for (var i = 0; i < 10; i++)
                await ledger.AppendAsync(Fact($"w{writer}", "dev"), default);
        }));
        var ledger = At(pooler.Url(database.Name));
        (await ReadAsync(ledger)).Count.ShouldBe(60);
        (await CheckAsync(ledger)).ShouldBeNull();
    }

    [Fact]
    public async Task a_ledger_of_a_newer_version_is_refused()
    {
        await AppendAsync(1);
        await ExecuteAsync("UPDATE version SET version = 99");
        // Another URL of the same database: what this process knows of the first does not count for it.
        var error = await Should.ThrowAsync<LockkeeperException>(() => At(database.Url + "?application_name=second").AppendAsync(Fact("r1", "dev"), default));
        error.Code.ShouldBe(KernelErrors.LedgerUnusable);
        error.Message.ShouldContain("was written by a newer Lockkeeper");
    }

    [Fact]
    public async Task a_server_that_is_not_there_is_a_numbered_error_at_once()
    {
        var error = await Should.ThrowAsync<LockkeeperException>(() => At("postgres://lk:hidden-word@127.0.0.1:1/state").AppendAsync(Fact("r1", "dev"), default));
        error.Code.ShouldBe(KernelErrors.StateAway);
        error.Hint.ShouldNotBeNull();
        error.Message.ShouldNotContain("hidden-word");
    }

    [Fact]
    public async Task a_writer_that_holds_the_end_is_waited_for_and_cancelling_ends_the_wait()
    {
        await AppendAsync(1);
        await using var holder = await database.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new Npgsql.NpgsqlCommand("SELECT number FROM lockkeeper_state.head FOR UPDATE", holder))
            await hold.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(400));
        await Should.ThrowAsync<OperationCanceledException>(() => Open().AppendAsync(Fact("r1", "dev"), cancel.Token));
        var waits = Open().AppendAsync(Fact("r1", "dev"), default);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        (await waits).Number.ShouldBe(2);
    }

    [Fact]
    public async Task sessions_that_the_server_has_ended_are_replaced()
    {
        var ledger = Open();
        await ledger.AppendAsync(Fact("r1", "dev"), default);
        await database.ScalarAsync("SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        (await ledger.AppendAsync(Fact("r1", "dev"), default)).Number.ShouldBe(2);
        (await CheckAsync(ledger)).ShouldBeNull();
    }

    protected override ILedger Open() => At(database.Url);

    protected override async Task<bool> IsThereAsync() => await database.ScalarAsync("SELECT to_regnamespace('lockkeeper_state')::text") is not null;

    protected override async Task ExecuteAsync(string sql)
    {
        await using var connection = await database.OpenAsync();
        foreach (var statement in new[] { "SET search_path = lockkeeper_state" }.Concat(sql.Split(';', StringSplitOptions.RemoveEmptyEntries)))
        {
            await using var command = new Npgsql.NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    protected override Task DisarmAsync() => ExecuteAsync("ALTER TABLE entry DISABLE TRIGGER USER; ALTER TABLE head DISABLE TRIGGER USER");

    private static PostgreSqlLedger At(string url) => new(_ => Task.FromResult(StateDatabase.At(url, new Redactor())), TimeProvider.System);
}
