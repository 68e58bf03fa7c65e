using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>The whole road through PgBouncer in transaction mode, where no session outlives its transaction.</summary>
public sealed class PoolerTests
{
    private const string Orders = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);";

    private static async Task<(LkProject Project, PgBouncer Pooler)> ProjectAsync(params string[] environments)
    {
        var project = await LkProject.CreateAsync(environments);
        // Two server connections for everybody, so that they change hands all the time.
        var pooler = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), new Dictionary<string, string> { ["default_pool_size"] = "4" });
        foreach (var environment in environments)
            project.PointTo(environment, pooler.Url(project[environment].Name));
        return (project, pooler);
    }

    [Fact]
    public async Task a_release_is_applied_promoted_and_rolled_back()
    {
        var (project, pooler) = await ProjectAsync("dev", "prod");
        await using var ends = project;
        await using var stops = pooler;
        project.Migration("0001_orders", Orders, "DROP TABLE orders;")
            .Migration("0002_index", "-- lk: no-transaction\nCREATE INDEX CONCURRENTLY orders_note ON orders (note);\nCOMMENT ON INDEX orders_note IS 'by note';", "DROP INDEX CONCURRENTLY orders_note;")
            .Migration("0003_data", "SET search_path = public;\nCREATE TEMP TABLE scratch (id int);\nCOPY orders (id, note) FROM stdin;\n1\tone\n\\.\n", "DELETE FROM orders;")
            .Migration("0004_again", "CREATE TEMP TABLE scratch (id int);\nSELECT 1;", "SELECT 1;");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_note'::regclass")).ShouldBe("true");
        (await project["dev"].ScalarAsync("SELECT note FROM orders")).ShouldBe("one");
        var promoted = await project.RunAsync("migrate", "promote", "--to", "prod");
        promoted.ExitCode.ShouldBe(0, promoted.ToString());
        (await project.HistoryAsync("prod")).ShouldBe("0001 applied, 0002 applied, 0003 applied, 0004 applied");
        var back = await project.RunAsync("migrate", "rollback", "--env", "prod", "--to", "0001", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        (await project["prod"].ScalarAsync("SELECT to_regclass('orders_note')::text")).ShouldBeNull();
        (await project["prod"].ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("0");
        (await project["dev"].ScalarAsync("SELECT (NOT held AND backend_pid IS NULL)::text FROM lockkeeper.lease")).ShouldBe("true");
    }

    [Fact]
    public async Task two_runners_at_once_apply_each_migration_once()
    {
        var (project, pooler) = await ProjectAsync("dev");
        await using var ends = project;
        await using var stops = pooler;
        await project["dev"].ExecuteAsync("CREATE TABLE log (line text); CREATE TABLE hold (); INSERT INTO hold DEFAULT VALUES");
        project.Migration("0001_held", "INSERT INTO log VALUES ('one');\nDO $$ BEGIN WHILE EXISTS (SELECT FROM hold) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;")
            .Migration("0002_next", "INSERT INTO log VALUES ('two');");
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        await using var second = await project.StartAsync("migrate", "apply", "--env", "dev");
        for (var tries = 0; !(first.Errors + second.Errors).Contains("is being changed by anna", StringComparison.Ordinal); tries++)
        {
            tries.ShouldBeLessThan(2_400, first.Errors + second.Errors);
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        await project["dev"].ExecuteAsync("DELETE FROM hold");
        foreach (var result in new[] { await first.WaitAsync(), await second.WaitAsync() })
            result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(line, ',' ORDER BY line) FROM log")).ShouldBe("one,two");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
    }

    [Fact]
    public async Task a_failure_is_named_at_its_place_and_the_pools_sessions_stay_clean()
    {
        var (project, pooler) = await ProjectAsync("dev");
        await using var ends = project;
        await using var stops = pooler;
        project.Migration("0001_orders", Orders).Migration("0002_broken", "SET LOCAL search_path = pg_catalog;\nSET statement_timeout = '1h';\nSELECT 1/0;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(4, "LK3060", "migrations/0002_broken.up.sql:3:1");
        project.Migration("0002_broken", "CREATE TABLE items (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT to_regclass('public.items')::text")).ShouldBe("items");
        await using var shared = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = pooler.Port, Username = "postgres", Password = "any", Database = project["dev"].Name, Pooling = false, NoResetOnClose = true,
        }.ConnectionString);
        await shared.OpenAsync(TestContext.Current.CancellationToken);
        await using var show = new Npgsql.NpgsqlCommand("SELECT current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' ' || current_setting('search_path')", shared);
        (await show.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("0 0 \"$user\", public");
    }

    [Fact]
    public async Task a_search_path_reaches_statements_in_a_transaction_and_is_refused_outside_of_one()
    {
        var (project, pooler) = await ProjectAsync("dev");
        await using var ends = project;
        await using var stops = pooler;
        await project["dev"].ExecuteAsync("CREATE SCHEMA app");
        project.DatabaseSettings = "search_path: [app]";
        project.Migration("0001_orders", Orders);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT to_regclass('app.orders')::text")).ShouldBe("app.orders");
        project.Migration("0002_index", "CREATE INDEX CONCURRENTLY orders_note ON orders (note);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3060", "migrations/0002_index.up.sql:1:1");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
    }

    [Fact]
    public async Task a_pooler_whose_server_is_down_is_said()
    {
        var (project, pooler) = await ProjectAsync("dev");
        await using var ends = project;
        project.Migration("0001_orders", Orders);
        await pooler.DisposeAsync();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK2001");
    }
}
