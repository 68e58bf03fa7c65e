using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Late migrations, tried before and after what is applied already: what is proven to make the same may be applied late.</summary>
public sealed class ProveOrderTests
{
    private const string Tables = "CREATE TABLE orders (id int PRIMARY KEY, total int NOT NULL DEFAULT 1); CREATE TABLE customers (id int PRIMARY KEY, seen timestamptz);";

    [Fact]
    public async Task a_late_migration_is_refused_until_a_proof_says_that_the_order_is_free_and_is_applied_then_in_each_environment()
    {
        await using var project = await ProjectAsync("dev", "staging");
        project.Migration("0001_tables", Tables);
        project.Migration("0003_note", "ALTER TABLE orders ADD COLUMN note text;", "ALTER TABLE orders DROP COLUMN note;");
        await ApplyAsync(project);
        (await project.RunAsync("migrate", "promote", "--to", "staging")).ExitCode.ShouldBe(0);
        project.Migration("0002_phone", "ALTER TABLE customers ADD COLUMN phone text; INSERT INTO customers (id) VALUES (7);", "ALTER TABLE customers DROP COLUMN phone; DELETE FROM customers WHERE id = 7;");

        var refused = await project.RunAsync("migrate", "apply", "--env", "dev");
        refused.ExitCode.ShouldBe(5);
        refused.Errors.ShouldContain("LK3042: migrations/0002_phone.up.sql is older than version 0003, which is applied");
        refused.Errors.ShouldContain("HINT: Run 'lk migrate prove'");
        (await project.RunAsync("migrate", "plan", "--env", "dev")).ExitCode.ShouldBe(5);

        var proved = await project.RunAsync("migrate", "prove", "--env", "dev");
        proved.ExitCode.ShouldBe(0, proved.ToString());
        proved.Output.ShouldContain("0002 phone, before and after 0003 note");
        proved.Output.ShouldContain("order: free, both make the same schema and rows; recorded");
        var status = await project.RunAsync("migrate", "status");
        status.Output.ShouldContain("proven to make the same in either order");

        await ApplyAsync(project);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0003 applied, 0002 applied");
        var promoted = await project.RunAsync("migrate", "promote", "--to", "staging");
        promoted.ExitCode.ShouldBe(0, $"the proof is of the files, not of the environment\n{promoted}");
    }

    [Fact]
    public async Task an_edit_of_either_file_voids_the_proof_and_another_migration_in_between_wants_one_of_its_own()
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_tables", Tables);
        project.Migration("0003_note", "ALTER TABLE orders ADD COLUMN note text;");
        await ApplyAsync(project);
        project.Migration("0002_phone", "ALTER TABLE customers ADD COLUMN phone text;");
        (await project.RunAsync("migrate", "prove", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "plan", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0002_phone", "ALTER TABLE customers ADD COLUMN phone varchar;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(5);
        (await project.RunAsync("migrate", "prove", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "plan", "--env", "dev")).ExitCode.ShouldBe(0);

        project.Remove("migrations/0002_phone.up.sql");
        project.Migration("0004_more", "CREATE TABLE more (id int PRIMARY KEY);");
        await ApplyAsync(project);
        project.Migration("0002_phone", "ALTER TABLE customers ADD COLUMN phone varchar;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(5, "nobody has tried it after 0004");
        var again = await project.RunAsync("migrate", "prove", "--env", "dev");
        again.Output.ShouldContain("before and after 0003 note and 1 other");
        again.ExitCode.ShouldBe(0, again.ToString());
        await ApplyAsync(project);
    }

    [Fact]
    public async Task columns_of_one_table_in_another_order_are_a_case_of_their_own_that_somebody_has_to_accept()
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_tables", Tables);
        project.Migration("0003_note", "ALTER TABLE orders ADD COLUMN note text DEFAULT 'n';");
        await ApplyAsync(project);
        project.Migration("0002_region", "ALTER TABLE orders ADD COLUMN region text DEFAULT 'r'; UPDATE orders SET total = 7;");
        var proved = await project.RunAsync("migrate", "prove", "--env", "dev");
        proved.ExitCode.ShouldBe(1, proved.ToString());
        proved.Output.ShouldContain("order: free but for the order of columns");
        proved.Output.ShouldContain("the columns of orders stand in another order: id, total, region, note before, id, total, note, region after them");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(5);
        var order = (await OrdersAsync(project, "--accept-column-order")).ShouldHaveSingleItem()!;
        order["outcome"]!.GetValue<string>().ShouldBe("column_order");
        order["free"]!.GetValue<bool>().ShouldBeTrue();
        await ApplyAsync(project);
    }

    [Theory]
    [InlineData("ALTER TABLE orders ADD COLUMN note text;", "CREATE VIEW v AS SELECT * FROM orders;", "view v")]
    [InlineData("ALTER TABLE orders RENAME COLUMN total TO amount;", "UPDATE orders SET total = 2;", "after them it fails: column \"total\" of relation \"orders\" does not exist")]
    [InlineData("CREATE VIEW w AS SELECT id FROM orders;", "ALTER TABLE orders RENAME COLUMN id TO number;", "before them 0003 newer fails: column \"id\" does not exist")]
    [InlineData("UPDATE orders SET total = total + 1;", "UPDATE orders SET total = total * 2;", "the rows of orders are others")]
    [InlineData("INSERT INTO orders (id) SELECT 5 WHERE NOT EXISTS (SELECT FROM orders WHERE id = 6);", "INSERT INTO orders (id) VALUES (6);", "the rows of orders are others")]
    public async Task what_differs_is_said_and_the_migration_stays_refused(string newer, string late, string words)
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_tables", Tables);
        project.Migration("0003_newer", newer);
        await ApplyAsync(project);
        project.Migration("0002_late", late);
        var proved = await project.RunAsync("migrate", "prove", "--env", "dev");
        proved.ExitCode.ShouldBe(1, proved.ToString());
        proved.Output.ShouldContain("order: not free");
        proved.Output.ShouldContain(words);
        proved.Output.ShouldContain("order-matters: 0002 late does not make the same before and after 0003 newer");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(5);
    }

    [Fact]
    public async Task rows_with_the_time_of_day_in_them_are_not_taken_for_a_difference()
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_tables", Tables);
        project.Migration("0003_newer", "UPDATE orders SET total = 3;");
        await ApplyAsync(project);
        project.Migration("0002_late", "UPDATE customers SET seen = clock_timestamp();");
        var order = (await OrdersAsync(project)).ShouldHaveSingleItem()!;
        order["outcome"]!.GetValue<string>().ShouldBe("free");
        order["not_compared"]![0]!.GetValue<string>().ShouldContain("rows of customers");
        await ApplyAsync(project);
    }

    [Fact]
    public async Task several_late_ones_are_proven_one_by_one_and_a_way_without_made_up_rows_is_said()
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_tables", Tables);
        project.Migration("0004_newer", "CREATE TABLE more (id int PRIMARY KEY);");
        await ApplyAsync(project);
        project.Migration("0002_region", "ALTER TABLE orders ADD COLUMN region text NOT NULL;");
        project.Migration("0003_index", "CREATE INDEX CONCURRENTLY orders_region ON orders (region);");
        var orders = await OrdersAsync(project);
        orders.Select(order => $"{order!["late"]} {order["outcome"]}").ShouldBe(["0002 free", "0003 free"]);
        orders[0]!["not_compared"]![0]!.GetValue<string>().ShouldContain("made-up ones do not fit");
        await ApplyAsync(project);
    }

    [Fact]
    public async Task a_branch_is_tried_against_what_the_other_one_has_got_since_they_parted()
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_tables", Tables);
        await project.RunAsync("migrate", "status");
        await GitAsync(project, "printf 'clusters/\\n.lockkeeper/\\n' > .gitignore && git init -q -b main . && git add -A && git commit -qm tables");
        await GitAsync(project, "git checkout -qb change");
        project.Migration("0002_phone", "ALTER TABLE customers ADD COLUMN phone text;");
        await GitAsync(project, "git add -A && git commit -qm phone && git checkout -q main");
        project.Migration("0003_note", "ALTER TABLE orders ADD COLUMN note text;");
        project.Migration("0004_more", "CREATE TABLE more (id int PRIMARY KEY);");
        await GitAsync(project, "git add -A && git commit -qm more");
        await ApplyAsync(project);
        await GitAsync(project, "git checkout -q change");

        var proved = await project.RunAsync("migrate", "prove", "--since", "main");
        proved.ExitCode.ShouldBe(0, proved.ToString());
        proved.Output.ShouldContain("0002 phone, before and after 0003 note and 1 other");
        proved.Output.ShouldNotContain("the target was only read", customMessage: "there is none");
        await GitAsync(project, "test -z \"$(git status --porcelain)\" && git merge -q --no-edit main");
        await ApplyAsync(project);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0003 applied, 0004 applied, 0002 applied");

        // After the merge the same is asked of the merged files.
        var merged = await project.RunAsync("migrate", "prove", "--since", "main");
        merged.Output.ShouldContain("order: free");
    }

    [Fact]
    public async Task what_both_branches_have_changed_has_to_be_merged_first()
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_tables", Tables);
        await project.RunAsync("migrate", "status");
        await GitAsync(project, "printf 'clusters/\\n.lockkeeper/\\n' > .gitignore && git init -q -b main . && git add -A && git commit -qm tables && git checkout -qb change");
        project.Migration("0002_phone", "ALTER TABLE customers ADD COLUMN phone text;");
        await GitAsync(project, "git add -A && git commit -qm phone && git checkout -q main");
        project.Migration("0002_phone", "ALTER TABLE customers ADD COLUMN telephone text;");
        await GitAsync(project, "git add -A && git commit -qm telephone && git checkout -q change");
        var proved = await project.RunAsync("migrate", "prove", "--since", "main");
        proved.ExitCode.ShouldBe(0, proved.ToString());
        proved.Output.ShouldContain("this branch and main have both changed migrations/0002_phone.up.sql; merge it into this branch first");
    }

    private static async Task<LkProject> ProjectAsync(params string[] environments)
    {
        var project = await ProveTests.ProjectAsync(environments);
        project.DatabaseSettings = "out_of_order: proven";
        return project;
    }

    private static async Task ApplyAsync(LkProject project)
    {
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
    }

    private static async Task<JsonArray> OrdersAsync(LkProject project, params string[] arguments) =>
        (await project.JsonAsync(["migrate", "prove", "--env", "dev", .. arguments]))["data"]!["databases"]![0]!["orders"]!.AsArray();

    private static async Task GitAsync(LkProject project, string script)
    {
        var result = await Workflows.BashAsync(project.Folder, new() { ["GIT_AUTHOR_NAME"] = "anna", ["GIT_AUTHOR_EMAIL"] = "anna@example.com", ["GIT_COMMITTER_NAME"] = "anna", ["GIT_COMMITTER_EMAIL"] = "anna@example.com" }, script);
        result.ExitCode.ShouldBe(0, result.Output);
    }
}
