using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>What a release does to the statements of applications, as the shadow's planner says.</summary>
public sealed class ProveQueriesTests
{
    private const string Tables =
        """
        CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL, name text);
        CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, total numeric(10,2), status text, placed timestamptz);
        CREATE INDEX orders_customer ON orders (customer_id);
        """;

    private const string Rows =
        """
        INSERT INTO customers SELECT g, 'c' || g || '@example.com', 'name' FROM generate_series(1, 20000) g;
        INSERT INTO orders SELECT g, g % 20000, g, CASE WHEN g % 50 = 0 THEN 'open' ELSE 'done' END, '2026-01-01'::timestamptz + g * interval '1 minute' FROM generate_series(1, 200000) g;
        VACUUM ANALYZE;
        """;

    [Fact]
    public async Task statements_that_would_fail_are_named_with_the_migration_the_reason_and_their_calls()
    {
        await using var project = await LiveAsync();
        var dev = project["dev"];
        await dev.ExecuteAsync(
            """
            SELECT name FROM customers WHERE id = 1;
            SELECT name FROM customers WHERE id = 2;
            SELECT id FROM orders WHERE placed > now() - interval '1 day' LIMIT 5;
            SELECT email FROM customers WHERE id = 1;
            CREATE TEMP TABLE gone AS SELECT 1 AS a;
            """);
        await using (var connection = await dev.OpenAsync())
        {
            foreach (var sql in new[] { "CREATE TEMP TABLE passing (a int)", "SELECT a FROM passing WHERE a = 3" })
            {
                await using var command = new Npgsql.NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }
        }

        project.Migration("0002_note", "ALTER TABLE customers ADD COLUMN note text;");
        project.Migration("0003_drop", "ALTER TABLE customers DROP COLUMN name;");
        var result = await project.RunAsync("migrate", "prove", "--env", "dev");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("breaks-query: SELECT name FROM customers WHERE id = $1 fails after 0003 drop: column \"name\" does not exist");
        result.Output.ShouldContain("calls an hour) (migrations/0003_drop.up.sql:1:1)");
        result.Output.ShouldContain("do not work on the shadow before the migrations either");
        result.Output.ShouldNotContain("breaks-query: SELECT email");
        result.Output.ShouldNotContain("breaks-query: SELECT id FROM orders");
        result.Output.ShouldContain("statements of the application as it is: 1 would fail");
    }

    [Fact]
    public async Task plans_are_compared_with_the_sizes_and_statistics_of_the_target()
    {
        await using var project = await LiveAsync();
        var dev = project["dev"];
        await dev.ExecuteAsync("SELECT total FROM orders WHERE customer_id = 7; SELECT count(*) FROM orders WHERE status = 'open'; SELECT email FROM customers WHERE id = 3; SELECT c.email, o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.id = 17;");
        project.Migration("0002_index", "DROP INDEX orders_customer;");
        var report = await project.JsonAsync("migrate", "prove", "--env", "dev");
        var changed = report["data"]!["databases"]![0]!["queries"]!["changed"]!.AsArray().ShouldHaveSingleItem(report.ToJsonString())!;
        Nodes(changed["before"]!).ShouldBe("Bitmap Heap Scan on orders, Bitmap Index Scan using orders_customer");
        Nodes(changed["after"]!).ShouldStartWith("Seq Scan on orders");
        changed["after"]!["cost"]!.GetValue<double>().ShouldBeGreaterThan(1000, "two hundred thousand rows are read");
        var finding = report["data"]!["databases"]![0]!["findings"]!.AsArray().ShouldHaveSingleItem()!;
        finding["rule"]!.GetValue<string>().ShouldBe("changes-plan");
        finding["severity"]!.GetValue<string>().ShouldBe("warning");
    }

    [Fact]
    public async Task a_statement_that_takes_or_gives_another_type_is_named()
    {
        await using var project = await LiveAsync();
        await project["dev"].ExecuteAsync("SELECT email FROM customers WHERE id = 3; SELECT * FROM orders WHERE id = 4; SELECT status FROM orders WHERE id = 4;");
        project.Migration("0002_types", "ALTER TABLE customers ALTER COLUMN id TYPE bigint; ALTER TABLE orders ADD COLUMN note text; ALTER TABLE orders ALTER COLUMN status TYPE varchar(20);");
        var findings = (await DatabaseAsync(project, "--env", "dev"))["findings"]!.AsArray().Select(finding => $"{finding!["rule"]} {finding["severity"]} {finding["message"]}").ToList();
        findings.ShouldContain(finding => finding.StartsWith("changes-query-types warning SELECT email FROM customers WHERE id = $1 takes (bigint) in place of (integer) after 0002 types", StringComparison.Ordinal), string.Join('\n', findings));
        findings.ShouldContain(finding => finding.StartsWith("changes-query-result warning SELECT * FROM orders WHERE id = $1 has another result after 0002 types: note text is new, status is character varying, was text", StringComparison.Ordinal), string.Join('\n', findings));
    }

    [Fact]
    public async Task new_statements_are_tried_on_both_schemas_and_say_what_may_go_out_first()
    {
        await using var project = await LiveAsync();
        await project["dev"].ExecuteAsync("SELECT name FROM customers WHERE id = 1");
        project.Migration("0002_note", "ALTER TABLE customers ADD COLUMN note text;");
        project.File("queries.sql", "SELECT note FROM customers WHERE id = $1;\nUPDATE customers SET note = $1 WHERE id = 5;\n");
        var queries = (await DatabaseAsync(project, "--env", "dev", "--queries", "queries.sql"))["queries"]!;
        queries["deploy_order"]!.GetValue<string>().ShouldBe("migrations_first");
        queries["new"]![1]!["before"]!["error"]!.GetValue<string>().ShouldBe("column \"note\" of relation \"customers\" does not exist");
        queries["new"]![1]!["after"]!["plan"]!.ToJsonString().ShouldBe("""["Index Scan using customers_pkey on customers"]""");

        project.Migration("0003_drop", "ALTER TABLE customers DROP COLUMN name;");
        var gap = await project.RunAsync("migrate", "prove", "--env", "dev", "--queries", "queries.sql");
        gap.ExitCode.ShouldBe(1, gap.ToString());
        gap.Output.ShouldContain("no-deploy-order: old statements break on the new schema");

        project.File("queries.sql", "SELECT email FROM customers;\n-- wrong\nSELECT email,\n  nome FROM customers;\n");
        var wrong = await project.RunAsync("migrate", "prove", "--queries", "queries.sql");
        wrong.ExitCode.ShouldBe(1, wrong.ToString());
        wrong.Output.ShouldContain("new-query-fails: SELECT email, nome FROM customers fails after the migrations: column \"nome\" does not exist (queries.sql:4:3)");
        wrong.Output.ShouldContain("2 new statements: 1 work after the migrations, 1 work before them");
    }

    [Theory]
    [InlineData("SELECT 1;\n  CREATE TABLE t (id int);", "only SELECT", "queries.sql:2:3")]
    [InlineData("-- nothing yet\n", "there is no statement in queries.sql", "")]
    [InlineData("SELECT 'open", "no closing quote", "queries.sql:1:8")]
    public async Task a_file_of_statements_that_cannot_be_asked_about_is_refused_before_anything_starts(string text, string message, string place)
    {
        await using var project = await ProveTests.ProjectAsync();
        project.Migration("0001_tables", Tables);
        project.File("queries.sql", text);
        var result = await project.RunAsync("migrate", "prove", "--queries", "queries.sql");
        result.ExitCode.ShouldBeInRange(2, 3, result.ToString());
        result.Errors.ShouldContain(message);
        result.Errors.ShouldContain(place);
        Directory.Exists(Path.Combine(project.Folder, "clusters")).ShouldBeFalse();
    }

    [Fact]
    public async Task what_a_role_may_not_see_is_said_and_the_rest_is_still_checked()
    {
        await using var project = await LiveAsync();
        var dev = project["dev"];
        await dev.ExecuteAsync("SELECT name FROM customers WHERE id = 1");
        project.Migration("0002_drop", "ALTER TABLE customers DROP COLUMN name;");
        var role = $"half_{dev.Name}";
        await dev.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'pw'; GRANT USAGE ON SCHEMA lockkeeper TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA lockkeeper TO {role}");
        project.PointTo("dev", dev.UrlAs(role, "pw"));
        (await project.RunAsync("migrate", "prove", "--env", "dev")).Output.ShouldContain("are not shown to this one (pg_read_all_stats would): whether they would fail is not known");
        await dev.ExecuteAsync($"GRANT pg_read_all_stats TO {role}");
        var result = await project.RunAsync("migrate", "prove", "--env", "dev");
        result.Output.ShouldContain("breaks-query: SELECT name FROM customers WHERE id = $1 fails");
        result.Output.ShouldContain("this role may not read customers");
        result.Output.ShouldContain("plans that use them were compared with their sizes alone");
        await dev.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}; DROP EXTENSION pg_stat_statements");
        project.PointTo("dev", dev.Url);
        (await project.RunAsync("migrate", "prove", "--env", "dev")).Output.ShouldContain("the target has no pg_stat_statements: which statements of its applications would fail");
    }

    [Fact]
    public async Task a_shadow_of_another_version_that_lacks_an_extension_blames_the_release_for_nothing()
    {
        await using var project = await LiveAsync();
        await project["dev"].ExecuteAsync("CREATE EXTENSION old_snapshot; SELECT count(*) FROM pg_old_snapshot_time_mapping(); SELECT name FROM customers WHERE id = 1; SELECT total FROM orders WHERE customer_id = 7;");
        project.Migration("0002_drop", "ALTER TABLE customers DROP COLUMN name; DROP INDEX orders_customer;");
        var database = await DatabaseAsync(project, "--env", "dev", "--server", "17");
        // PostgreSQL 17 has no old_snapshot any more.
        var notChecked = database["not_checked"]!.ToJsonString();
        notChecked.ShouldContain("old_snapshot\\u0022 is not available");
        notChecked.ShouldContain("do not work on the shadow before the migrations either");
        database["findings"]!.AsArray().Select(finding => finding!["rule"]!.GetValue<string>()).ShouldBe(["breaks-query", "changes-plan"], ignoreOrder: true);
    }

    private static async Task<JsonNode> DatabaseAsync(LkProject project, params string[] arguments) =>
        (await project.JsonAsync(["migrate", "prove", .. arguments]))["data"]!["databases"]![0]!;

    private static string Nodes(JsonNode answer) => string.Join(", ", answer["plan"]!.AsArray().Select(node => node!.GetValue<string>()));

    private static async Task<LkProject> LiveAsync()
    {
        var project = await ProveTests.ProjectAsync("dev");
        project.Migration("0001_tables", Tables);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync($"CREATE EXTENSION pg_stat_statements; {Rows}");
        return project;
    }
}
