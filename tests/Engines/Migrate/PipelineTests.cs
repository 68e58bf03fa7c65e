using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Small migrations are sent several in one round trip: each must still be as whole as by itself.</summary>
public sealed class PipelineTests
{
    [Fact]
    public async Task each_runs_in_a_transaction_of_its_own()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE log (n int, tx bigint DEFAULT txid_current())");
        for (var n = 1; n <= 70; n++)
            project.Migration($"{n:0000}_row", $"INSERT INTO log (n) VALUES ({n}); SELECT count(*) FROM log;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT count(DISTINCT tx) || ' ' || string_agg(n::text, ',' ORDER BY tx) FROM log")).ShouldBe("70 " + string.Join(',', Enumerable.Range(1, 70)));
        (await project["dev"].ScalarAsync("SELECT count(*) || ' ' || bool_and(duration_ms > 0) || ' ' || count(DISTINCT xmin::text) FROM lockkeeper.migrations")).ShouldBe("70 true 70");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("SELECT 1/0;", "LK3060", "division by zero")]
    [InlineData("INSERT INTO checked VALUES (-1);", "LK3060", "checked_n_check")]
    [InlineData("INSERT INTO parent_later VALUES (7);", "LK3060", "deferred to the end of the transaction")]
    public async Task the_first_that_fails_leaves_nothing_and_none_after_it_starts(string bad, string code, string words)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync(
            """
            CREATE TABLE checked (n int CHECK (n > 0)); CREATE TABLE parent (id int PRIMARY KEY);
            CREATE TABLE parent_later (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
            CREATE SEQUENCE started;
            """);
        for (var n = 1; n <= 40; n++)
            project.Migration($"{n:0000}_t", n == 20 ? $"CREATE TABLE half (id int);\n{bad}" : $"CREATE TABLE t{n} (id int);{(n > 20 ? " SELECT nextval('started');" : "")}");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain(code);
        result.Errors.ShouldContain(words);
        result.Errors.ShouldContain("migrations/0020_t.up.sql");
        (await project["dev"].ScalarAsync("SELECT count(*) || ' ' || max(id) FROM lockkeeper.migrations")).ShouldBe("19 0019");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname = 'half' OR relname ~ '^t(2[0-9]|[34][0-9])$'")).ShouldBe("0");
        (await project["dev"].ScalarAsync("SELECT is_called::text FROM started")).ShouldBe("false");

        project.Migration("0020_t", "CREATE TABLE half (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT count(*) || ' ' || max(id) FROM lockkeeper.migrations")).ShouldBe("40 0040");
    }

    [Fact]
    public async Task a_lock_that_is_held_is_named_and_waited_for()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int)");
        for (var n = 1; n <= 10; n++)
            project.Migration($"{n:0000}_t", n == 5 ? "ALTER TABLE orders ADD note text;" : $"CREATE TABLE t{n} (id int);");
        await using var writer = await project["dev"].OpenAsync();
        await using var open = await writer.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var insert = new Npgsql.NpgsqlCommand("INSERT INTO orders VALUES (1)", writer))
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await Eventually.TrueAsync(() => lk.Errors.Contains("0005: a lock was not to be had", StringComparison.Ordinal), "the first try's end");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied, 0003 applied, 0004 applied");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain("held by");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations")).ShouldBe("10");
    }
}
