using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>What is expected of the target: from its sizes, statements and open transactions.</summary>
public sealed class ProveForecastTests
{
    [Fact]
    public async Task holds_grow_with_the_target_and_who_waits_is_counted_from_its_statements()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        var dev = project["dev"];
        project.Migration("0001_tables", "CREATE TABLE orders (id int PRIMARY KEY, note text); CREATE TABLE quiet (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await dev.ExecuteAsync("CREATE EXTENSION pg_stat_statements; INSERT INTO orders SELECT g, repeat('x', 100) FROM generate_series(1, 200000) g; ANALYZE orders; SELECT count(*) FROM orders WHERE id = 5");
        project.Migration("0002_change", "ALTER TABLE orders ADD COLUMN phone text; ALTER TABLE orders ALTER COLUMN id TYPE bigint; ALTER TABLE quiet ADD COLUMN a int;");
        var migration = await MigrationAsync(project);
        var forecast = migration["forecast"]!;
        forecast["expected_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
        var orders = forecast["locks"]!.AsArray().Single(held => held!["relation"]!.GetValue<string>() == "orders")!;
        orders["hold_ms"]!.GetValue<double>().ShouldBe(forecast["expected_ms"]!.GetValue<double>(), 0.2);
        orders["blocked_per_second"]!.GetValue<double>().ShouldBeGreaterThan(0);
        // What has just been done to the table, such as the writing of its rows or an autovacuum of them, lowers it by as much as that took here.
        orders["chance"]!.GetValue<double>().ShouldBeInRange(0.01, 1);
        forecast["locks"]!.AsArray().Single(held => held!["relation"]!.GetValue<string>() == "quiet")!["blocked_per_second"]!.GetValue<double>().ShouldBe(0);

        await using var holder = await dev.OpenAsync();
        await using (var open = new Npgsql.NpgsqlCommand("BEGIN", holder))
            await open.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using (var read = new Npgsql.NpgsqlCommand("SELECT pg_sleep(3), count(*) FROM quiet", holder))
            await read.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        (await MigrationAsync(project))["forecast"]!["locks"]!.AsArray().Single(held => held!["relation"]!.GetValue<string>() == "quiet")!["chance"]!.GetValue<double>()
            .ShouldBeLessThan(0.3, "a transaction that is open for more than 3 s holds the table");
    }

    [Fact]
    public async Task the_forecast_stands_beside_what_came_in_the_entry_of_the_step_while_the_file_is_the_same()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        project.Migration("0001_tables", "CREATE TABLE orders (id int PRIMARY KEY, note text);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0002_phone", "ALTER TABLE orders ADD COLUMN phone text;").Migration("0003_fill", "-- lk: backfill\nUPDATE orders SET note = '' WHERE note IS NULL;").Migration("0004_edited", "ALTER TABLE orders ADD COLUMN a int;");
        var proved = await project.RunAsync("migrate", "prove", "--env", "dev");
        proved.ExitCode.ShouldBe(0, proved.ToString());
        proved.Output.ShouldContain("statement 1 was run as one statement here; on the target it runs in batches");
        project.Migration("0004_edited", "ALTER TABLE orders ADD COLUMN a bigint;");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());

        var shown = await project.JsonAsync("ledger", "show");
        var steps = (shown["data"] ?? shown)["entries"]!.AsArray().Where(entry => entry!["kind"]!.GetValue<string>() == "step.done").Select(entry => entry!["body"]!).ToDictionary(body => body["step"]!.GetValue<string>());
        steps["0001"]["forecast"].ShouldBeNull();
        steps["0002"]["forecast"]!["expected_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
        steps["0002"]["forecast"]!["locks"]![0]!["relation"]!.GetValue<string>().ShouldBe("orders");
        steps["0002"]["locks"]!["held"]![0]!["mode"]!.GetValue<string>().ShouldBe(steps["0002"]["forecast"]!["locks"]![0]!["mode"]!.GetValue<string>());
        steps["0003"]["forecast"].ShouldNotBeNull();
        steps["0004"]["forecast"].ShouldBeNull();
    }

    [Fact]
    public async Task without_the_right_to_see_statements_it_says_what_is_missing()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        var dev = project["dev"];
        project.Migration("0001_tables", "CREATE TABLE orders (id int PRIMARY KEY);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0002_change", "ALTER TABLE orders ADD COLUMN phone text;");
        (await project.RunAsync("migrate", "prove", "--env", "dev")).Output.ShouldContain("not checked: the target has no pg_stat_statements");
        var role = $"blind_{dev.Name}";
        await dev.ExecuteAsync($"CREATE EXTENSION pg_stat_statements; SELECT count(*) FROM orders; CREATE ROLE {role} LOGIN PASSWORD 'pw'; GRANT pg_read_all_data TO {role}");
        project.PointTo("dev", dev.UrlAs(role, "pw"));
        var result = await project.RunAsync("migrate", "prove", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("belong to other roles");
        await dev.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    private static async Task<JsonNode> MigrationAsync(LkProject project)
    {
        var report = await project.JsonAsync("migrate", "prove", "--env", "dev");
        return report["data"]!["databases"]![0]!["migrations"]![0]!;
    }
}
