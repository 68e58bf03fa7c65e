using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

public sealed class ApplyTests
{
    private const string Orders = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);";

    [Fact]
    public async Task what_is_pending_is_applied_in_order_and_then_there_is_nothing_to_do()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders, "DROP TABLE orders;").Migration("0002_status", "ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'new';");

        var first = await project.RunAsync("migrate", "apply", "--env", "dev");
        first.ExitCode.ShouldBe(0, first.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM orders WHERE status = 'new'")).ShouldBe("0");

        var second = await project.RunAsync("migrate", "apply", "--env", "dev");
        second.ExitCode.ShouldBe(0, second.ToString());
        second.Output.ShouldContain("nothing to do");
    }

    [Fact]
    public async Task a_row_says_what_ran_by_whom_and_for_how_long()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File("migrations/0001_orders.up.sql", "\uFEFF" + Orders + "\r\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);

        var sha = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Orders + "\n")));
        (await project["dev"].ScalarAsync("SELECT concat_ws('|', id, kind, name, file, sha256, applied_by, outcome, duration_ms > 0, length(artifact)) FROM lockkeeper.migrations"))
            .ShouldBe($"0001|versioned|orders|migrations/0001_orders.up.sql|{sha}|anna|applied|t|64");
    }

    [Fact]
    public async Task a_dry_run_changes_nothing_not_even_our_own_schema()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev", "--dry-run");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("apply 0001 orders");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_namespace WHERE nspname = 'lockkeeper'")).ShouldBe("0");
    }

    [Fact]
    public async Task a_failed_statement_is_named_by_file_line_and_column_and_leaves_nothing()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders).Migration("0002_broken", "ALTER TABLE orders ADD COLUMN a int;\n\n  UPDATE orders SET nothere = 1;\n");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain("LK3060: column \"nothere\" of relation \"orders\" does not exist");
        result.Errors.ShouldContain("migrations/0002_broken.up.sql:3:21");
        result.Errors.ShouldContain("SQLSTATE: 42703");
        result.Errors.ShouldContain("STATEMENT: UPDATE orders SET nothere = 1");
        result.Output.ShouldContain("in place from this run: 0001");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM information_schema.columns WHERE table_name = 'orders' AND column_name = 'a'")).ShouldBe("0");
    }

    [Fact]
    public async Task with_on_failure_rollback_what_the_run_applied_is_undone_and_the_schema_is_as_before()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "on_failure: rollback");
        project.Migration("0001_orders", Orders, "DROP TABLE orders;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0002_a", "ALTER TABLE orders ADD COLUMN a int;", "ALTER TABLE orders DROP COLUMN a;").Migration("0003_broken", "SELECT 1/0;", "SELECT 1;");

        var answer = await project.JsonAsync("migrate", "apply", "--env", "dev");
        var run = answer["data"]!["databases"]![0]!;
        ((int)answer["exit"]!).ShouldBe(3);
        ((string)run["steps"]![0]!["state"]!).ShouldBe("undone");
        ((string)run["steps"]![1]!["state"]!).ShouldBe("failed");
        run["left_over"]!.AsArray().Count.ShouldBe(0);
        ((string)run["fingerprint_after"]!).ShouldBe((string)run["fingerprint_before"]!);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 rolled_back");
    }

    [Fact]
    public async Task nothing_is_rolled_back_when_one_migration_of_the_run_has_no_way_back()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "on_failure: rollback");
        project.Migration("0001_orders", Orders).Migration("0002_a", "ALTER TABLE orders ADD COLUMN a int;", "ALTER TABLE orders DROP COLUMN a;").Migration("0003_broken", "SELECT 1/0;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(4, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
    }

    [Fact]
    public async Task data_inside_a_script_goes_through_copy()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders + "\nCOPY orders (id, note) FROM stdin;\n1\tone; it's $$ odd\n2\t\\N\n\\.\nINSERT INTO orders VALUES (3, 'three');\n");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(id || ':' || coalesce(note, 'null'), ',' ORDER BY id) FROM orders")).ShouldBe("1:one; it's $$ odd,2:null,3:three");
    }

    [Fact]
    public async Task a_bad_line_of_inline_data_rolls_the_whole_file_back()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders + "\nCOPY orders (id, note) FROM stdin;\n1\tone\nx\ttwo\n\\.\n");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("migrations/0001_orders.up.sql:2:1");
        result.Errors.ShouldContain("COPY orders, line 2");
        (await project["dev"].ScalarAsync("SELECT to_regclass('orders')::text")).ShouldBeNull();
    }

    [Fact]
    public async Task a_script_that_changes_its_session_does_not_change_the_next_one()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_dump", "SELECT pg_catalog.set_config('search_path', '', false);\nSET statement_timeout = 1;\nRESET statement_timeout;\nCREATE TABLE public.a (id int);\nCREATE TEMP TABLE scratch (id int);")
            .Migration("0002_next", "CREATE TABLE b (id int); CREATE TEMP TABLE scratch (id int);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT to_regclass('public.b')::text")).ShouldBe("b");
    }

    [Fact]
    public async Task a_time_limit_in_the_file_ends_its_statement()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_slow", "-- lk: timeout 200ms\nSELECT pg_sleep(30);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("statement timeout");
    }

    [Fact]
    public async Task what_destroys_data_wants_yes_and_says_what_would_be_lost()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders).Migration("0002_drop", "ALTER TABLE orders DROP COLUMN note;");
        var refused = await project.RunAsync("migrate", "apply", "--env", "dev");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK1004");
        refused.Errors.ShouldContain("column orders.note");
        (await project["dev"].ScalarAsync("SELECT to_regclass('orders')::text")).ShouldBeNull();
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
    }
}
