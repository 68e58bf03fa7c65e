using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

public sealed class NoTransactionTests
{
    private const string Orders = "CREATE TABLE orders (id bigint PRIMARY KEY, note text); INSERT INTO orders SELECT n, 'x' FROM generate_series(1, 2) n;";

    [Fact]
    public async Task an_index_is_built_concurrently()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders).Migration("0002_index", "-- lk: no-transaction\nCREATE INDEX CONCURRENTLY orders_note ON orders (note);\nCOMMENT ON INDEX orders_note IS 'by note';");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_note'::regclass")).ShouldBe("true");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
    }

    [Fact]
    public async Task a_concurrent_statement_beside_others_without_the_directive_is_found_before_anything_starts()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders).Migration("0002_index", "ALTER TABLE orders ADD a int;\nCREATE INDEX CONCURRENTLY orders_note ON orders (note);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK3021");
        result.Errors.ShouldContain("migrations/0002_index.up.sql:2:1");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_namespace WHERE nspname = 'lockkeeper'")).ShouldBe("0");
    }

    [Fact]
    public async Task a_failure_in_the_middle_keeps_what_is_done_and_the_next_run_goes_on_there()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders + " INSERT INTO orders VALUES (3, 'x');")
            .Migration("0002_index", "-- lk: no-transaction\nCREATE TABLE once (id int);\nCREATE UNIQUE INDEX CONCURRENTLY orders_note ON orders (note);\nCREATE TABLE twice (id int);");
        var failed = await project.RunAsync("migrate", "apply", "--env", "dev");
        failed.ExitCode.ShouldBe(4, failed.ToString());
        failed.Errors.ShouldContain("could not create unique index");
        failed.Errors.ShouldContain("migrations/0002_index.up.sql:3:1");
        failed.Output.ShouldContain("0002 (partly)");
        (await project.RunAsync("migrate", "status")).Output.ShouldContain("interrupted");

        await project["dev"].ExecuteAsync("DELETE FROM orders WHERE id > 1");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Errors.ShouldContain("dropped the invalid index orders_note");
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_note'::regclass")).ShouldBe("true");
        (await project["dev"].ScalarAsync("SELECT (to_regclass('once') IS NOT NULL AND to_regclass('twice') IS NOT NULL)::text")).ShouldBe("true");
    }

    [Fact]
    public async Task an_invalid_index_is_rebuilt_and_not_skipped_by_if_not_exists()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders).Migration("0002_index", "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note ON orders (note);");
        (await project.RunAsync("migrate", "plan", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync(Orders);
        await project["dev"].ExecuteAsync("CREATE INDEX orders_note ON orders (note)");
        await project["dev"].ExecuteAsync("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_note'::regclass");
        (await project.RunAsync("migrate", "baseline", "--env", "dev", "--version", "0001", "--yes")).ExitCode.ShouldBe(0);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_note'::regclass")).ShouldBe("true");
    }

    [Fact]
    public async Task statements_that_are_done_may_not_be_edited_after_an_interruption()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_two", "-- lk: no-transaction\nCREATE TABLE one (id int);\nSELECT 1 / 0;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(4);
        project.Migration("0001_two", "-- lk: no-transaction\nCREATE TABLE one (id bigint);\nSELECT 1;");
        var edited = await project.RunAsync("migrate", "apply", "--env", "dev");
        edited.ExitCode.ShouldBe(4, edited.ToString());
        edited.Errors.ShouldContain("LK3047: an interrupted run has done the first statement of migrations/0001_two.up.sql, and the file has others there now");
        project.Migration("0001_two", "-- lk: no-transaction\n-- mended\nCREATE TABLE one (id int);\nSELECT 1;");
        var mended = await project.RunAsync("migrate", "apply", "--env", "dev");
        mended.ExitCode.ShouldBe(0, mended.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task the_time_of_all_its_statements_is_recorded()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_slow", "-- lk: no-transaction\nSELECT pg_sleep(0.2);\nSELECT pg_sleep(0.2);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT (duration_ms >= 400)::text FROM lockkeeper.migrations")).ShouldBe("true");
    }

    [Fact]
    public async Task a_long_script_leaves_one_row_while_it_runs()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_many", "-- lk: no-transaction\nCREATE TABLE many (id int);\n" + string.Concat(Enumerable.Range(1, 200).Select(n => $"INSERT INTO many VALUES ({n});\n")) + "SELECT 1 / 0;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(4);
        (await project["dev"].ScalarAsync("SELECT concat_ws(' ', count(*), max(done)) FROM lockkeeper.intents")).ShouldBe("1 201");
        (await project.RunAsync("migrate", "status")).Output.ShouldContain("interrupted");
    }

    [Fact]
    public async Task a_down_file_without_a_transaction_undoes_too()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders, "DROP TABLE orders;").Migration("0002_index", "CREATE INDEX CONCURRENTLY orders_note ON orders (note);", "DROP INDEX CONCURRENTLY orders_note;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var result = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT to_regclass('orders_note')::text")).ShouldBeNull();
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 rolled_back");
    }

    [Fact]
    public async Task what_a_file_without_a_transaction_sets_holds_to_its_end_also_after_a_failure_and_not_beyond()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = "search_path: [public]";
        await project["dev"].ExecuteAsync("CREATE SCHEMA app; CREATE SCHEMA other; CREATE ROLE lk_owner_of_indexes; GRANT ALL ON SCHEMA app TO lk_owner_of_indexes");
        project.Migration("0001_set", """
            -- lk: no-transaction
            SET search_path = app;
            SET maintenance_work_mem = '33MB';
            CREATE TABLE orders (id bigint, note text, mem text DEFAULT current_setting('maintenance_work_mem'));
            ALTER TABLE orders OWNER TO lk_owner_of_indexes;
            INSERT INTO orders VALUES (1, 'a'), (1, 'b');
            SET ROLE lk_owner_of_indexes;
            CREATE UNIQUE INDEX CONCURRENTLY orders_id ON orders (id);
            RESET ROLE;
            SELECT pg_catalog.set_config('search_path', 'other', false);
            COPY app.orders (id) FROM stdin;
            2
            \.
            CREATE TABLE later ();
            """).Migration("0002_after", "CREATE TABLE after_all AS SELECT current_setting('maintenance_work_mem') AS mem;");
        var failed = await project.RunAsync("migrate", "apply", "--env", "dev");
        failed.ExitCode.ShouldBe(4, failed.ToString());
        failed.Errors.ShouldContain("could not create unique index \"orders_id\"");

        await project["dev"].ExecuteAsync("DELETE FROM app.orders WHERE note = 'b'");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(DISTINCT mem, ' ') || ' ' || count(*) FROM app.orders")).ShouldBe("33MB 2");
        (await project["dev"].ScalarAsync("SELECT string_agg(schemaname || '.' || relname, ' ' ORDER BY 1) FROM pg_stat_user_tables WHERE relname IN ('later', 'after_all')")).ShouldBe("other.later public.after_all");
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'app.orders_id'::regclass")).ShouldBe("true");
        (await project["dev"].ScalarAsync("SELECT mem FROM after_all")).ShouldNotBe("33MB");
        await project["dev"].ExecuteAsync("REASSIGN OWNED BY lk_owner_of_indexes TO CURRENT_USER; DROP OWNED BY lk_owner_of_indexes; DROP ROLE lk_owner_of_indexes");
    }
}
