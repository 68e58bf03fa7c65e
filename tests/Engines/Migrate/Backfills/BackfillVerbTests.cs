using Lockkeeper.Tests.TestKit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Backfills;

/// <summary><c>lk migrate backfill</c>, and what plan, lint and prove say of a backfill.</summary>
public sealed class BackfillVerbTests
{
    private const string Orders = "CREATE TABLE orders (id int PRIMARY KEY, n int); INSERT INTO orders SELECT i, 0 FROM generate_series(1, 3000) i; ANALYZE orders;";

    [Fact]
    public async Task a_statement_runs_alone_with_a_lease_and_a_ledger_entry_and_no_history()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync(Orders);
        project.Migration("0001_other", "SELECT 1;");
        var dry = await project.RunAsync("migrate", "backfill", "--env", "dev", "--sql", "UPDATE orders SET n = n + 1", "--dry-run");
        dry.ExitCode.ShouldBe(0, dry.ToString());
        dry.Output.ShouldContain("public.orders by id, up to key 3000, about 3,000 rows");
        (await project["dev"].ScalarAsync("SELECT sum(n)::text FROM orders")).ShouldBe("0");

        var result = await project.RunAsync("migrate", "backfill", "--env", "dev", "--sql", "UPDATE orders SET n = n + 1");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("3,000 rows changed");
        (await project["dev"].ScalarAsync("SELECT sum(n)::text FROM orders")).ShouldBe("3000");
        (await project.HistoryAsync("dev")).ShouldBe("");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
        var ledger = await project.RunAsync("ledger", "show", "--json");
        ledger.Output.ShouldContain("backfill.finished");

        project.File("fill.sql", "DELETE FROM orders WHERE id > 2000;");
        var deletes = await project.RunAsync("migrate", "backfill", "fill.sql", "--env", "dev", "--yes");
        deletes.ExitCode.ShouldBe(0, deletes.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("2000");
        var status = await project.JsonAsync("migrate", "backfill", "--env", "dev", "--status");
        status["data"]!["backfills"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task what_is_paused_ends_with_what_is_done_and_goes_on_there()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync(Orders);
        project.Migration("0001_raise", "-- lk: backfill max_rows: 50, pause: 100ms\nUPDATE orders SET n = n + 1;").Migration("0002_next", "CREATE TABLE next (id int);");
        var nothing = await project.RunAsync("migrate", "backfill", "--env", "dev", "--pause");
        nothing.Errors.ShouldContain("LK3206");
        nothing.Errors.ShouldContain("no backfill runs on dev");

        await using var apply = await project.StartAsync("migrate", "apply", "--env", "dev");
        while (!apply.HasExited && (await project["dev"].ScalarAsync("SELECT to_regclass('lockkeeper.backfills')::text") is null || await project["dev"].ScalarAsync("SELECT true::text FROM lockkeeper.backfills WHERE batches > 2") is null))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        var pause = await project.RunAsync("migrate", "backfill", "--env", "dev", "--pause");
        pause.ExitCode.ShouldBe(0, pause.ToString());
        var paused = await apply.WaitAsync();
        paused.ExitCode.ShouldBe(4, paused.ToString());
        paused.Errors.ShouldContain("LK3202");
        (await project.RunAsync("migrate", "backfill", "--env", "dev", "--status")).Output.ShouldContain("paused");
        (await project["dev"].ScalarAsync("SELECT (sum(n) > 0 AND sum(n) < 3000)::text FROM orders")).ShouldBe("true");

        project.Migration("0001_raise", "-- lk: backfill max_rows: 5000\nUPDATE orders SET n = n + 1;");
        var resumed = await project.RunAsync("migrate", "backfill", "--env", "dev", "--resume");
        resumed.ExitCode.ShouldBe(0, resumed.ToString());
        (await project["dev"].ScalarAsync("SELECT sum(n) || ' ' || max(n) FROM orders")).ShouldBe("3000 1");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
    }

    [Fact]
    public async Task rows_that_somebody_else_has_locked_are_waited_for_and_then_the_run_stops_where_it_is()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = "lock_timeout: 50ms\nlock_retries: 2";
        await project["dev"].ExecuteAsync(Orders);
        project.Migration("0001_raise", "-- lk: backfill max_rows: 500\nUPDATE orders SET n = n + 1;");
        await using var other = await project["dev"].OpenAsync();
        await using (var open = await other.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using (var hold = new NpgsqlCommand("UPDATE orders SET n = 100 WHERE id = 1200", other))
                await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var stuck = await project.RunAsync("migrate", "apply", "--env", "dev");
            stuck.ExitCode.ShouldBe(4, stuck.ToString());
            stuck.Errors.ShouldContain("LK3203");
            stuck.Errors.ShouldContain("lock timeout");
            await open.CommitAsync(TestContext.Current.CancellationToken);
        }

        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await project["dev"].ScalarAsync("SELECT sum(n)::text FROM orders")).ShouldBe("3100");
    }

    [Fact]
    public async Task a_plan_shows_it_as_a_backfill_and_its_script_says_what_psql_cannot()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync(Orders);
        project.Migration("0001_raise", "-- lk: backfill key: id\nUPDATE orders SET n = 7 WHERE n = 0;").Migration("0002_twice", "-- lk: backfill\nUPDATE orders SET n = n + 1;");
        var plan = await project.RunAsync("migrate", "plan", "--env", "dev");
        plan.ExitCode.ShouldBe(0, plan.ToString());
        plan.Output.ShouldContain("update of orders in batches by id, about 3,000 rows");
        var script = await project.RunAsync("migrate", "plan", "--env", "dev", "--script");
        script.Output.ShouldContain("DO $batches$");
        script.Output.ShouldContain("run again would change rows twice");
        var lint = await project.RunAsync("migrate", "lint", "--fail-on", "warning");
        lint.ExitCode.ShouldBe(0, lint.ToString());
        (await project["dev"].ScalarAsync("SELECT sum(n)::text FROM orders")).ShouldBe("0");
    }

    [Fact]
    public async Task it_runs_through_a_pooler_and_beside_a_store_of_the_version_before()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders.Replace("ANALYZE orders;", "", StringComparison.Ordinal));
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync("DROP TABLE lockkeeper.backfills; UPDATE lockkeeper.meta SET version = 1");
        await using var bouncer = await Lockkeeper.Tests.TestKit.PostgreSql.PgBouncer.StartAsync(await Lockkeeper.Tests.TestKit.PostgreSql.TestCluster.SharedAsync());
        project.PointTo("dev", bouncer.Url(project["dev"].Name));
        project.Migration("0002_raise", "-- lk: backfill max_rows: 900\nUPDATE orders SET n = n + 1;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT sum(n) || ' ' || max(n) FROM orders")).ShouldBe("3000 1");
        (await project["dev"].ScalarAsync("SELECT version::text FROM lockkeeper.meta")).ShouldBe("2");
    }
}
