using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>Deploys that make a statement slower, and deploys that do not: each of the first kind is found with its mechanism, file and line, none of the second is blamed.</summary>
public sealed class RegressionsTests
{
    private const string Base =
        """
        CREATE EXTENSION pg_stat_statements;
        CREATE TABLE customers (id int PRIMARY KEY, email text UNIQUE, name text);
        CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int NOT NULL, note text, total numeric NOT NULL DEFAULT 1, created timestamptz NOT NULL DEFAULT now());
        CREATE INDEX orders_customer ON orders (customer_id);
        CREATE TABLE other (id int, what text, spare text);
        CREATE VIEW recent AS SELECT id, customer_id, total FROM orders;
        CREATE FUNCTION order_total(of int) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT sum(total) FROM orders WHERE customer_id = of';
        """;

    private const string Data =
        """
        INSERT INTO customers SELECT n, 'c' || n || '@example.org', repeat('n', 200) FROM generate_series(1, 8000) n;
        INSERT INTO orders (customer_id, note) SELECT n % 1000, repeat('x', 60) FROM generate_series(1, 20000) n;
        ANALYZE;
        """;

    private static readonly string[] workload =
    [
        "SELECT id, note FROM orders WHERE customer_id = $1",
        "SELECT id FROM customers WHERE email = 'c' || $1 || '@example.org'",
        "INSERT INTO orders (customer_id, note) VALUES ($1, 'new')",
        "SELECT sum(total) FROM recent WHERE customer_id = $1",
        "SELECT order_total($1)",
        "SELECT count(*) FROM other WHERE id = $1",
        "SELECT count(note) FROM orders WHERE id <= $1 * 20",
    ];

    [Theory]
    [InlineData("index dropped", "DROP INDEX orders_customer;", "FROM orders WHERE customer_id", "index gone", "high")]
    [InlineData("unique constraint dropped", "ALTER TABLE customers DROP CONSTRAINT customers_email_key;", "FROM customers WHERE email", "index gone", "high")]
    [InlineData("index made partial", "DROP INDEX orders_customer; CREATE INDEX orders_customer ON orders (customer_id) WHERE total > 100;", "FROM orders WHERE customer_id", "index gone", "high")]
    [InlineData("table made anew without its index", "CREATE TABLE orders_next (LIKE orders INCLUDING DEFAULTS INCLUDING IDENTITY); INSERT INTO orders_next OVERRIDING SYSTEM VALUE SELECT * FROM orders; DROP TABLE orders CASCADE; ALTER TABLE orders_next RENAME TO orders; CREATE VIEW recent AS SELECT id, customer_id, total FROM orders;", "FROM orders WHERE customer_id", "index gone", "high")]
    [InlineData("column made wide", "ALTER TABLE orders ALTER COLUMN note TYPE char(1500);", "count(note)", "type changed", "high")]
    [InlineData("trigger that counts", "CREATE FUNCTION counting() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM count(*) FROM orders WHERE total > 5; RETURN NEW; END'; CREATE TRIGGER counting BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION counting();", "INSERT INTO orders", "trigger added", "high")]
    [InlineData("many indexes", "DO 'BEGIN FOR i IN 1..25 LOOP EXECUTE format(''CREATE INDEX orders_i%s ON orders (note, id, total)'', i); END LOOP; END';", "INSERT INTO orders", "index to keep up", "high")]
    [InlineData("view that hides the index", "CREATE OR REPLACE VIEW recent AS SELECT id, customer_id + 0 AS customer_id, total FROM orders;", "FROM recent WHERE customer_id", "definition changed", "high")]
    [InlineData("function that goes through all", "CREATE OR REPLACE FUNCTION order_total(of int) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT sum(total) FROM orders WHERE customer_id + 0 = of';", "SELECT order_total", "definition changed", "high")]
    [InlineData("setting of the database", "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET enable_indexscan = off'', current_database()); EXECUTE format(''ALTER DATABASE %I SET enable_bitmapscan = off'', current_database()); END';", "FROM orders WHERE customer_id", "setting changed", "low")]
    public async Task a_deploy_that_makes_a_statement_slower_is_named(string what, string migration, string statement, string mechanism, string confidence)
    {
        var report = await DeployAsync(migration);
        var found = report["regressions"]!.AsArray().Select(one => one!).ToList();
        var mine = found.Find(one => one["statement"]!.GetValue<string>().Contains(statement, StringComparison.Ordinal)).ShouldNotBeNull($"{what}: {report}");
        mine["mechanism"]!.GetValue<string>().ShouldBe(mechanism, report.ToString());
        mine["confidence"]!.GetValue<string>().ShouldBe(confidence, report.ToString());
        if (mechanism != "setting changed")
        {
            mine["file"]!.GetValue<string>().ShouldBe("migrations/0002_change.up.sql", report.ToString());
            mine["line"]!.GetValue<int>().ShouldBeGreaterThan(1);
        }
    }

    [Theory]
    [InlineData("column with a default", "ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'new';")]
    [InlineData("new table", "CREATE TABLE coupons (id int PRIMARY KEY); INSERT INTO coupons SELECT generate_series(1, 1000);")]
    [InlineData("an index on another column", "CREATE INDEX orders_created ON orders (created);")]
    [InlineData("an index of a table that nobody reads", "CREATE INDEX other_what ON other (what);")]
    [InlineData("comment", "COMMENT ON TABLE orders IS 'orders of the shop';")]
    [InlineData("check that is not looked at", "ALTER TABLE orders ADD CONSTRAINT not_negative CHECK (total >= 0) NOT VALID;")]
    [InlineData("a column that nobody reads is renamed", "ALTER TABLE other RENAME COLUMN spare TO spared;")]
    [InlineData("a new view and function", "CREATE VIEW totals AS SELECT customer_id, sum(total) FROM orders GROUP BY 1; CREATE FUNCTION zero() RETURNS int LANGUAGE sql AS 'SELECT 0';")]
    [InlineData("statistics", "ANALYZE orders;")]
    [InlineData("twice as many rows", "INSERT INTO orders (customer_id, note) SELECT n % 1000, repeat('x', 60) FROM generate_series(1, 20000) n;")]
    [InlineData("the same view again", "CREATE OR REPLACE VIEW recent AS SELECT id, customer_id, total FROM orders;")]
    public async Task a_deploy_that_makes_nothing_slower_is_not_blamed(string what, string migration)
    {
        var report = await DeployAsync(migration);
        report["regressions"]!.AsArray().ShouldBeEmpty($"{what}: {report}");
        report["statements"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(workload.Length);
    }

    [Fact]
    public async Task where_nothing_was_noted_the_hint_says_how_to()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_base", "CREATE TABLE orders (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var result = await project.RunAsync("observe", "regressions", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK6002: nothing was noted around a deploy to dev");
        result.Errors.ShouldContain("pg_stat_statements");
    }

    private static async Task<JsonObject> DeployAsync(string migration)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_base", Base);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync(Data);
        await WorkAsync(project["dev"]);
        project.Migration("0002_change", "-- the change\n" + migration);
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        await WorkAsync(project["dev"]);
        var result = await project.RunAsync("observe", "regressions", "--env", "dev", "--json");
        result.ExitCode.ShouldBeOneOf(0, 1);
        return JsonNode.Parse(result.Output)!["data"]!.AsObject();
    }

    private static async Task WorkAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        for (var i = 1; i <= 25; i++)
        {
            foreach (var sql in workload)
            {
                await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = sql.Contains("||", StringComparison.Ordinal) ? $"{i * 7}" : i * 7 } } };
                await command.ExecuteNonQueryAsync();
            }
        }
    }
}
