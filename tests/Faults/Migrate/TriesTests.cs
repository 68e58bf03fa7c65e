using Lockkeeper.Tests.TestKit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A file without a transaction has its tries for each statement and batch anew: what was missed before something else was done does not count against what comes after.</summary>
public sealed class TriesTests
{
    [Fact]
    public async Task each_statement_of_a_file_without_a_transaction_has_all_tries()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE first (id int); CREATE TABLE second (id int); CREATE TABLE third (id int)");
        project.DatabaseSettings = "lock_timeout: 200ms\nlock_retries: 6";
        project.Migration("0001_columns", "-- lk: no-transaction\nALTER TABLE first ADD COLUMN a int;\nALTER TABLE second ADD COLUMN a int;\nALTER TABLE third ADD COLUMN a int;");
        await using var first = await ReaderAsync(project, "SELECT FROM first");
        await using var second = await ReaderAsync(project, "SELECT FROM second");
        await using var third = await ReaderAsync(project, "SELECT FROM third");

        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        foreach (var (n, reader) in new[] { first, second, third }.Index())
        {
            // Three are missed of each, more than seven in all; there are several seconds until the seventh.
            await lk.WaitForTextAsync("try 4 of 7 follows", n + 1);
            await reader.EndAsync();
        }

        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task one_statement_has_no_more_tries_than_it_is_given()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE first (id int); CREATE TABLE second (id int)");
        project.DatabaseSettings = "lock_timeout: 200ms\nlock_retries: 2";
        project.Migration("0001_columns", "-- lk: no-transaction\nALTER TABLE first ADD COLUMN a int;\nALTER TABLE second ADD COLUMN a int;");
        await using var second = await ReaderAsync(project, "SELECT FROM second");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain("LK3061: ");
        result.Errors.ShouldContain("3 tries of 200 ms each");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_attribute WHERE attname = 'a' AND attrelid IN ('first'::regclass, 'second'::regclass)")).ShouldBe("1");
    }

    [Fact]
    public async Task a_run_that_is_cancelled_between_two_tries_says_that_a_part_of_it_is_in_place()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE first (id int); CREATE TABLE second (id int)");
        project.DatabaseSettings = "lock_timeout: 50ms\nlock_retries: 20";
        project.Migration("0001_columns", "-- lk: no-transaction\nALTER TABLE first ADD COLUMN a int;\nALTER TABLE second ADD COLUMN a int;");
        await using var second = await ReaderAsync(project, "SELECT FROM second");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        // The pauses are seconds long by now, and the tries between them short.
        await lk.WaitForTextAsync("try 9 of 21 follows");
        lk.Interrupt();
        var stopped = await lk.WaitAsync();
        stopped.ExitCode.ShouldBe(4, stopped.ToString());
        stopped.Errors.ShouldContain("0001_columns.up.sql was cancelled while it ran");
        (await project["dev"].ScalarAsync("SELECT outcome FROM lockkeeper.releases")).ShouldBe("failed");

        await second.EndAsync();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task each_batch_of_a_backfill_has_all_tries_when_it_gives_its_locks_up()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int PRIMARY KEY, n bigint NOT NULL DEFAULT 0); INSERT INTO orders SELECT i FROM generate_series(1, 300) i");
        project.DatabaseSettings = "lock_timeout: 1h\nlock_retries: 1\nlocks: { max_waiting: 1, for: 100ms }\nbackfill: { batch_time: 10s }";
        project.Migration("0001_raise", "-- lk: backfill max_rows: 50\nUPDATE orders SET n = n + id;");
        // Each stops a batch at its last row; others then wait for the rows that it has changed before.
        var holders = new List<Session>();
        foreach (var row in new[] { 50, 150, 250 })
            holders.Add(await ReaderAsync(project, $"SELECT FROM orders WHERE id = {row} FOR UPDATE"));

        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        foreach (var (n, holder) in holders.Index())
        {
            await project["dev"].UntilAsync($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND {holder.Backend} = ANY (pg_blocking_pids(pid)))");
            var waiting = Enumerable.Range(0, 4).Select(i => project["dev"].ExecuteAsync($"UPDATE orders SET id = id WHERE id = {n * 100 + 1 + i}")).ToArray();
            // Nothing but the budget lets them through: whoever stops the batch stays until they are done.
            await Task.WhenAll(waiting);
            await lk.WaitForTextAsync("try 2 of 2 follows", n + 1);
            await holder.EndAsync();
        }

        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT sum(n)::text FROM orders")).ShouldBe($"{300 * 301 / 2}");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        foreach (var holder in holders)
            await holder.DisposeAsync();
    }

    private static async Task<Session> ReaderAsync(LkProject project, string sql) => new(await project["dev"].BeginAsync(sql));

    private sealed class Session(NpgsqlConnection connection) : IAsyncDisposable
    {
        public int Backend => connection.ProcessID;

        public async Task EndAsync()
        {
            await using var commit = new NpgsqlCommand("COMMIT", connection);
            await commit.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
