using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary><c>lk migrate lint --env</c> as a process: what is pending in a target, with what its catalog knows.</summary>
public sealed class LintEnvTests
{
    [Fact]
    public async Task only_what_is_pending_is_looked_at_and_the_size_of_a_table_decides()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_tables", "CREATE TABLE orders (id bigint PRIMARY KEY, note text); CREATE TABLE small (id bigint PRIMARY KEY, note text);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync("INSERT INTO orders SELECT n, repeat(md5(n::text), 10) FROM generate_series(1, 40000) n; ANALYZE orders, small");
        project.Migration("0002_index", "CREATE INDEX orders_note_idx ON orders (note);").Migration("0003_index", "CREATE INDEX small_note_idx ON small (note);");
        var result = await project.RunAsync("migrate", "lint", "--env", "dev");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("0002_index.up.sql:1:1: error: writes to orders");
        result.Output.ShouldNotContain("0003_index.up.sql:1:1: error");
        result.Output.ShouldNotContain("0001_tables");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations")).ShouldBe("1");
    }

    [Fact]
    public async Task a_target_that_does_not_answer_costs_its_knowledge_and_not_the_check()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.PointTo("dev", "postgres://nobody@127.0.0.1:1/none");
        project.Migration("0001_tables", "CREATE TABLE orders (id bigint PRIMARY KEY);").Migration("0002_drop", "ALTER TABLE orders DROP COLUMN id;");
        var result = await project.RunAsync("migrate", "lint", "--env", "dev", "--fail-on", "warning");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("shop in dev could not be asked");
        result.Output.ShouldContain("0002_drop.up.sql");
    }
}
