using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Migrate.PostgreSql;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

public sealed class PromotionTests
{
    private const string Orders = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);";

    [Fact]
    public async Task a_release_goes_from_environment_to_environment()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging", "prod");
        project.Migration("0001_orders", Orders);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "promote", "--to", "staging")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "promote", "--to", "prod")).ExitCode.ShouldBe(0);
        (await project["prod"].ScalarAsync("SELECT outcome FROM lockkeeper.releases")).ShouldBe("passed");
        var fingerprints = await Task.WhenAll(new[] { "dev", "staging", "prod" }.Select(name => project[name].ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot")));
        fingerprints.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task a_release_that_the_environment_before_has_not_seen_is_refused()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Migration("0001_orders", Orders);
        var never = await project.RunAsync("migrate", "promote", "--to", "staging");
        never.ExitCode.ShouldBe(5, never.ToString());
        never.Errors.ShouldContain("LK3045");
        never.Errors.ShouldContain("was never applied to dev");
        (await project["staging"].ScalarAsync("SELECT count(*)::text FROM pg_namespace WHERE nspname = 'lockkeeper'")).ShouldBe("0");
    }

    [Fact]
    public async Task a_file_that_changed_after_it_passed_makes_another_release()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Migration("0001_orders", Orders);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0002_more", "ALTER TABLE orders ADD a int;");
        (await project.RunAsync("migrate", "promote", "--to", "staging")).ExitCode.ShouldBe(5);
    }

    [Fact]
    public async Task apply_does_not_reach_past_the_first_environment()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Migration("0001_orders", Orders);
        var refused = await project.RunAsync("migrate", "apply", "--env", "staging");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("lk migrate promote --to staging");
        project.Configure("staging", "require_promotion: false");
        (await project.RunAsync("migrate", "apply", "--env", "staging")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_gate_gets_the_target_in_its_environment_and_its_output_stands_in_the_ledger()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "gates: [ { name: sql, run: 'psql -Atc \"SELECT current_database()\" && test -n \"$DATABASE_URL\" && echo $LK_ENVIRONMENT $LK_DATABASE' } ]");
        project.Migration("0001_orders", Orders);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("gate sql: passed");
        var ledger = await project.RunAsync("ledger", "show", "--json");
        ledger.Output.ShouldContain(project["dev"].Name);
        ledger.Output.ShouldContain("dev shop");
        ledger.Output.ShouldNotContain("postgres://");
    }

    [Fact]
    public async Task a_failing_gate_rolls_the_release_back_and_it_cannot_be_promoted()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging", "prod");
        project.Configure("staging", "on_failure: rollback\ngates: [ { name: tests, run: 'echo the tests say no; exit 3' } ]");
        project.Migration("0001_orders", Orders, "DROP TABLE orders;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var failed = await project.RunAsync("migrate", "promote", "--to", "staging");
        failed.ExitCode.ShouldBe(5, failed.ToString());
        failed.Errors.ShouldContain("LK1500: gate 'tests' did not pass: exit code 3");
        failed.Errors.ShouldContain("the tests say no");
        failed.Output.ShouldContain("rolled back: 1 undone, nothing of this run is in place");
        (await project["staging"].ScalarAsync("SELECT to_regclass('orders')::text")).ShouldBeNull();
        (await project.HistoryAsync("staging")).ShouldBe("0001 rolled_back");

        var onward = await project.RunAsync("migrate", "promote", "--to", "prod");
        onward.ExitCode.ShouldBe(5);
        onward.Errors.ShouldContain("was rolled back on staging");
    }

    [Fact]
    public async Task a_gate_that_hangs_is_stopped_with_its_children()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "gates: [ { name: slow, run: 'echo $$ > gate.pid; sleep 600 & echo $! > child.pid; wait', timeout: 500ms } ]");
        project.Migration("0001_orders", Orders);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain("stopped after its time limit of 500 ms");
        var child = (await File.ReadAllTextAsync(Path.Combine(project.Folder, "child.pid"))).Trim();
        await ProcessState.GoneAsync(int.Parse(child));
    }

    [Fact]
    public async Task gates_that_failed_run_again_without_applying_again()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Configure("dev", "gates: [ { name: flag, run: 'test -f ready' } ]");
        project.Migration("0001_orders", Orders);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(4);
        (await project.RunAsync("migrate", "promote", "--to", "staging")).ExitCode.ShouldBe(5);
        project.File("ready", "");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Output.ShouldContain("gate flag: passed");
        (await project.RunAsync("migrate", "promote", "--to", "staging")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_schema_changed_by_hand_is_refused_and_named_until_it_is_accepted()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Orders);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync("ALTER TABLE orders ADD COLUMN by_hand text; CREATE INDEX hand_idx ON orders (note)");
        project.Migration("0002_more", "ALTER TABLE orders ADD a int;");

        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(1);
        var refused = await project.RunAsync("migrate", "apply", "--env", "dev");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK3044");
        refused.Errors.ShouldContain("by_hand");
        refused.Errors.ShouldContain("hand_idx");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");

        (await project.RunAsync("migrate", "apply", "--env", "dev", "--accept-drift")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task an_approval_is_asked_for_given_by_another_person_and_used_once()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.TopSettings = "groups: { dba: [bert, clara] }";
        project.Configure("dev", "approvals: { required: 1, groups: [dba] }");
        project.Migration("0001_orders", Orders, "DROP TABLE orders;");
        var waits = await project.RunAsync("migrate", "apply", "--env", "dev");
        waits.ExitCode.ShouldBe(5, waits.ToString());
        var run = waits.Errors.Split('\n').First(line => line.Contains("LK1501", StringComparison.Ordinal)).Split(' ')[2];

        (await project.RunAsAsync("anna", "approve", run)).Errors.ShouldContain("anna asked for run");
        (await project.RunAsAsync("dora", "approve", run)).Errors.ShouldContain("dora is not in dba");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).Errors.ShouldContain(run);
        (await project.RunAsAsync("bert", "approve", run)).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT run FROM lockkeeper.migrations")).ShouldBe(run);

        // A rollback is another plan and waits for its own approval.
        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes")).ExitCode.ShouldBe(5);
        (await project.RunAsAsync("bert", "approve", run)).Errors.ShouldContain("is over");
    }

    [Fact]
    public async Task an_approval_is_for_what_was_shown_and_for_nothing_else()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "approvals: { required: 1 }");
        project.Migration("0001_orders", Orders);
        var waits = await project.RunAsync("migrate", "apply", "--env", "dev");
        var run = waits.Errors.Split('\n').First(line => line.Contains("LK1501", StringComparison.Ordinal)).Split(' ')[2];
        (await project.RunAsAsync("bert", "approve", run)).ExitCode.ShouldBe(0);
        project.Migration("0002_sneaked_in", "SELECT 1;");
        var other = await project.RunAsync("migrate", "apply", "--env", "dev");
        other.ExitCode.ShouldBe(5);
        other.Errors.ShouldNotContain(run);
    }

    [Fact]
    public async Task a_closed_window_says_when_it_opens()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var today = DateTimeOffset.UtcNow.AddDays(-2).ToString("ddd").ToLowerInvariant();
        project.Configure("dev", $"window: {{ days: {today}, from: \"09:00\", to: \"16:00\" }}");
        project.Migration("0001_orders", Orders);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(5, result.ToString());
        result.Errors.ShouldContain("LK1503");
        result.Errors.ShouldContain("It opens");
    }

    [Fact]
    public async Task health_is_watched_after_a_release()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "health: { for: 2s, max_p95_ratio: 50, max_waiting: 5 }");
        project.Migration("0001_orders", Orders);
        await project["dev"].ExecuteAsync("CREATE EXTENSION pg_stat_statements");
        var answer = await project.JsonAsync("migrate", "apply", "--env", "dev");
        var health = answer["data"]!["databases"]![0]!["health"]!;
        ((bool)health["passed"]!).ShouldBeTrue(answer.ToString());
        ((int)health["samples"]!).ShouldBeGreaterThan(2);
        ((string)health["source"]!).ShouldBe("pg_stat_statements");
    }

    [Fact]
    public async Task statements_of_a_neighbouring_database_say_nothing_of_the_targets_health()
    {
        await using var project = await LkProject.CreateAsync("dev", "neighbour");
        await project["dev"].ExecuteAsync("CREATE EXTENSION pg_stat_statements");
        var server = PostgreSqlServer.At(project["dev"].Url, new Redactor());
        await using var probe = await HealthProbe.StartAsync(server, TestContext.Current.CancellationToken);
        for (var call = 0; call < HealthProbe.FewestCalls; call++)
            await project["neighbour"].ExecuteAsync("SELECT pg_sleep(0.001)");
        (await probe.SampleAsync(TestContext.Current.CancellationToken)).P95Milliseconds.ShouldBeNull();
        for (var call = 0; call < HealthProbe.FewestCalls; call++)
            await project["dev"].ExecuteAsync("SELECT pg_sleep(0.001)");
        (await probe.SampleAsync(TestContext.Current.CancellationToken)).P95Milliseconds.ShouldNotBeNull().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task a_handful_of_calls_has_no_p95()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE EXTENSION pg_stat_statements");
        var server = PostgreSqlServer.At(project["dev"].Url, new Redactor());
        await using var probe = await HealthProbe.StartAsync(server, TestContext.Current.CancellationToken);
        await project["dev"].ExecuteAsync("SELECT pg_sleep(0.001)");
        (await probe.SampleAsync(TestContext.Current.CancellationToken)).P95Milliseconds.ShouldBeNull();
    }
}
