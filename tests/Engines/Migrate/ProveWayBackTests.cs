using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>The way back of each migration, gone on a shadow.</summary>
public sealed class ProveWayBackTests
{
    [Fact]
    public async Task each_way_back_is_gone_and_what_it_leaves_or_loses_is_said()
    {
        await using var project = await ProveTests.ProjectAsync();
        project.Migration("0001_tables", "CREATE TABLE orders (id int PRIMARY KEY, note text); CREATE TABLE other (id int);");
        project.Migration("0002_good", "ALTER TABLE orders ADD COLUMN phone text;", "ALTER TABLE orders DROP COLUMN phone;");
        project.Migration("0003_leaves", "CREATE INDEX orders_id ON orders (id); CREATE TABLE forgotten (id int);", "DROP INDEX orders_id;");
        project.Migration("0004_fails", "ALTER TABLE orders RENAME note TO remark;", "ALTER TABLE orders RENAME remarks TO note;");
        project.Migration("0005_loses", "ALTER TABLE orders DROP COLUMN remark;", "ALTER TABLE orders ADD COLUMN remark text;");
        project.Migration("0006_none", "CREATE TABLE last (id int);");
        var report = await project.JsonAsync("migrate", "prove", "--last", "5");
        report["exit"]!.GetValue<int>().ShouldBe(1);
        var ways = report["data"]!["databases"]![0]!["migrations"]!.AsArray().Select(migration => migration!["way_back"]!).ToList();
        ways.Select(way => way["state"]!.GetValue<string>()).ShouldBe(["proven", "broken", "broken", "proven", "none"]);
        ways[1]["differences"]!.ToJsonString().ShouldContain("forgotten");
        ways[2]["error"]!.GetValue<string>().ShouldContain("\"remarks\" does not exist");
        ways[3]["losses"]!.ToJsonString().ShouldContain("rows of orders are not as before");
        var text = (await project.RunAsync("migrate", "prove", "--last", "5")).Output;
        text.ShouldContain("way-back-broken: the way back of 0003 leaves leaves 1 difference");
        text.ShouldContain("(migrations/0004_fails.down.sql:1:1)");
        text.ShouldContain("way back: none");
    }

    [Fact]
    public async Task a_plan_says_which_ways_back_are_proven_and_an_environment_can_want_them()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        project.Configure("dev", "require_way_back: true");
        project.Migration("0001_orders", "CREATE TABLE orders (id int PRIMARY KEY);", "DROP TABLE orders;");
        (await project.RunAsync("migrate", "plan", "--env", "dev")).Output.ShouldContain("1 step without a proven way back");
        var refused = await project.RunAsync("migrate", "apply", "--env", "dev");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK3121: dev takes only migrations with a proven way back, and 1 of 1 have none: 0001");
        (await project.RunAsync("migrate", "prove", "--env", "dev")).ExitCode.ShouldBe(0);
        var planned = await project.JsonAsync("migrate", "plan", "--env", "dev");
        planned["data"]!["databases"]![0]!["steps"]![0]!["undo"]!.GetValue<string>().ShouldBe("proven");
        project.Migration("0001_orders", "CREATE TABLE orders (id int PRIMARY KEY);", "DROP TABLE IF EXISTS orders;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(5, "the down file is another one now");
        (await project.RunAsync("migrate", "prove", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var error = await project.JsonAsync("migrate", "forecast-error", "--env", "dev");
        error["data"]!["migrations"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>().ShouldBe("0001");
        error["data"]!["median_ratio"]!.GetValue<double>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task the_time_that_a_lock_was_to_be_held_stands_beside_the_time_that_it_was()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        project.Migration("0001_orders", "CREATE TABLE orders (id int PRIMARY KEY);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0002_note", "ALTER TABLE orders ADD COLUMN note text;");
        (await project.RunAsync("migrate", "prove", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var error = await project.JsonAsync("migrate", "forecast-error", "--env", "dev");
        var hold = error["data"]!["migrations"]!.AsArray().ShouldHaveSingleItem()!["holds"]!.AsArray().ShouldHaveSingleItem()!;
        hold["relation"]!.GetValue<string>().ShouldBe("orders");
        hold["mode"]!.GetValue<string>().ShouldBe("ACCESS EXCLUSIVE");
        hold["actual_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task a_migration_without_a_transaction_is_taken_back_from_each_of_its_statements()
    {
        await using var project = await ProveTests.ProjectAsync();
        project.Migration("0001_tables", "CREATE TABLE orders (id int PRIMARY KEY, note text, kind text);");
        const string up = "CREATE INDEX CONCURRENTLY orders_note ON orders (note); CREATE INDEX CONCURRENTLY orders_kind ON orders (kind);";
        project.Migration("0002_indexes", up, "DROP INDEX CONCURRENTLY orders_note; DROP INDEX CONCURRENTLY orders_kind;");
        var broken = await project.RunAsync("migrate", "prove");
        broken.ExitCode.ShouldBe(1, broken.ToString());
        broken.Output.ShouldContain("way back: proven");
        broken.Output.ShouldContain("the way back of 0002 indexes fails after 1 of 2 statements: index \"orders_kind\" does not exist");
        project.Migration("0002_indexes", up, "DROP INDEX CONCURRENTLY IF EXISTS orders_note; DROP INDEX CONCURRENTLY IF EXISTS orders_kind;");
        (await project.RunAsync("migrate", "prove")).ExitCode.ShouldBe(0);
    }
}
