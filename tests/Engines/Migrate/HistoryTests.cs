using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

public sealed class HistoryTests
{
    private const string Orders = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);";

    [Fact]
    public async Task the_last_migration_is_rolled_back_and_can_be_applied_again()
    {
        await using var project = await ThreeAppliedAsync();
        var shown = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last");
        shown.ExitCode.ShouldBe(5, shown.ToString());
        shown.Errors.ShouldContain("STEP: undo 0003 c");
        var result = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied, 0003 rolled_back");
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied, 0003 applied");
    }

    [Fact]
    public async Task everything_after_a_version_is_rolled_back_newest_first()
    {
        await using var project = await ThreeAppliedAsync();
        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "1", "--yes")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0003 rolled_back, 0002 rolled_back");
        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0", "--yes")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relnamespace = 'public'::regnamespace")).ShouldBe("0");
    }

    [Fact]
    public async Task a_rollback_without_a_down_file_undoes_nothing_at_all()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders).Migration("0002_a", "ALTER TABLE orders ADD a int;", "ALTER TABLE orders DROP a;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var result = await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0", "--yes");
        result.ExitCode.ShouldBe(5, result.ToString());
        result.Errors.ShouldContain("LK3063");
        result.Errors.ShouldContain("migrations/0001_orders.up.sql");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
    }

    [Fact]
    public async Task a_down_file_that_fails_leaves_its_migration_in_place()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders, "DROP TABLE nothere;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var result = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("migrations/0001_orders.down.sql:1:1");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task verify_names_edited_missing_and_late_files()
    {
        await using var project = await ThreeAppliedAsync();
        project.File("migrations/0002_b.up.sql", "ALTER TABLE orders ADD b bigint;");
        project.Remove("migrations/0003_c.up.sql");
        project.Remove("migrations/0003_c.down.sql");
        project.File("migrations/0000_late.up.sql", "SELECT 1;");
        var result = await project.RunAsync("migrate", "verify", "--env", "dev");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("edited: migrations/0002_b.up.sql was changed after it was applied");
        result.Output.ShouldContain("missing: migrations/0003_c.up.sql was applied");
        result.Output.ShouldContain("out-of-order: migrations/0000_late.up.sql is older than version 0003");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(5);
    }

    [Fact]
    public async Task repair_shows_what_it_would_do_and_does_it_with_yes()
    {
        await using var project = await ThreeAppliedAsync();
        project.File("migrations/0002_b.up.sql", "ALTER TABLE orders ADD b int; -- a comment");
        project.Remove("migrations/0003_c.up.sql");
        project.Remove("migrations/0003_c.down.sql");
        var shown = await project.RunAsync("migrate", "repair", "--env", "dev");
        shown.ExitCode.ShouldBe(5, shown.ToString());
        shown.Output.ShouldContain("nothing was changed; --yes does it");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied, 0003 applied");
        (await project.RunAsync("migrate", "repair", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_database_that_is_there_already_is_taken_over_at_a_version()
    {
        await using var project = await LkProject.CreateAsync("prod");
        await project["prod"].ExecuteAsync(Orders);
        project.Migration("0001_orders", Orders).Migration("0002_a", "ALTER TABLE orders ADD a int;");
        (await project.RunAsync("migrate", "baseline", "--env", "prod", "--version", "7", "--yes")).Errors.ShouldContain("LK3064");
        (await project.RunAsync("migrate", "baseline", "--env", "prod", "--version", "1", "--yes")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "apply", "--env", "prod")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("prod")).ShouldBe("0001 baseline, 0002 applied");
        (await project.RunAsync("migrate", "baseline", "--env", "prod", "--version", "2", "--yes")).Errors.ShouldContain("LK3067");
    }

    [Fact]
    public async Task status_shows_every_migration_in_every_environment()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Migration("0001_orders", Orders).Migration("0002_a", "ALTER TABLE orders ADD a int;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var migrations = (await project.JsonAsync("migrate", "status"))["data"]!["databases"]![0]!["migrations"]!.AsArray();
        migrations.Select(migration => string.Join(',', migration!["states"]!.AsArray().Select(state => (string)state!))).ShouldBe(["applied,pending", "applied,pending"]);
    }

    [Fact]
    public async Task status_goes_on_when_one_environment_does_not_answer()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.PointTo("staging", "postgres://postgres:geheim@127.0.0.1:1/shop");
        project.Migration("0001_orders", Orders);
        var result = await project.RunAsync("migrate", "status");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("LK2001");
        result.Output.ShouldContain("pending");
        result.ToString().ShouldNotContain("geheim");
    }

    [Fact]
    public async Task the_planned_script_run_by_psql_leaves_the_same_as_apply()
    {
        await using var project = await LkProject.CreateAsync("dev", "other");
        project.Configure("other", "require_promotion: false");
        project.Migration("0001_orders", Orders + "\nCOPY orders FROM stdin;\n1\tone\n\\.\n").Migration("0002_index", "CREATE INDEX CONCURRENTLY orders_note ON orders (note);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);

        var plan = await project.RunAsync("migrate", "plan", "--env", "other", "--script");
        plan.ExitCode.ShouldBe(0, plan.ToString());
        var ran = await Psql.RunAsync(project["other"].Url, plan.Output);
        ran.Succeeded.ShouldBeTrue(ran.AllOutput + plan.Output);
        (await project["other"].ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("1");
        (await project["other"].ScalarAsync("SELECT string_agg(id, ',') FROM lockkeeper.migrations")).ShouldBe("0001,0002");
        (await project.RunAsync("migrate", "verify", "--env", "other")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task the_planned_script_runs_after_a_rollback_too()
    {
        await using var project = await ThreeAppliedAsync();
        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0001", "--yes")).ExitCode.ShouldBe(0);
        var plan = await project.RunAsync("migrate", "plan", "--env", "dev", "--script");
        plan.Output.ShouldNotContain("CREATE TABLE IF NOT EXISTS lockkeeper.migrations");
        var ran = await Psql.RunAsync(project["dev"].Url, plan.Output);
        ran.Succeeded.ShouldBeTrue(ran.AllOutput + plan.Output);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied, 0003 applied");
        (await project.RunAsync("migrate", "plan", "--env", "dev")).Output.ShouldNotContain("would run");
    }

    [Fact]
    public async Task a_new_migration_takes_the_next_version()
    {
        await using var project = await LkProject.CreateAsync("dev");
        (await project.RunAsync("migrate", "new", "First table!")).Output.ShouldContain("migrations/0001_first_table.up.sql");
        (await project.RunAsync("migrate", "new", "größer")).Output.ShouldContain("migrations/0002_größer.up.sql");
        File.Exists(Path.Combine(project.Folder, "migrations/0002_größer.down.sql")).ShouldBeTrue();
    }

    private static async Task<LkProject> ThreeAppliedAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders, "DROP TABLE orders;").Migration("0002_b", "ALTER TABLE orders ADD b int;", "ALTER TABLE orders DROP b;")
            .Migration("0003_c", "CREATE TABLE c (id int);", "DROP TABLE c;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        return project;
    }
}
