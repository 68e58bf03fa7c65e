using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Targets that stand for many tenants: schemas of one database, databases of one server, URLs.</summary>
public sealed class TenantsTests
{
    [Fact]
    public async Task a_release_is_planned_applied_and_rolled_back_in_each_schema()
    {
        await using var project = (await TenantProject.OfSchemasAsync(5)).WithTwoMigrations();
        var plan = await project.RunAsync("migrate", "plan", "--env", "dev");
        plan.Output.ShouldContain("5 tenants (t0001, t0002, t0003 and 2 more): 2 steps");
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname = 'orders_note' AND relnamespace::regnamespace::text LIKE 't000_'")).ShouldBe("5");
        (await project["dev"].ScalarAsync("SELECT count(*) || ' ' || count(DISTINCT series) || ' ' || min(series) || ' ' || count(DISTINCT run) FROM lockkeeper.migrations")).ShouldBe("10 5 shop@t0001 1");
        (await project["dev"].ScalarAsync("SELECT count(*) FILTER (WHERE NOT held) || ' ' || count(*) FROM lockkeeper.lease")).ShouldBe("6 6");
        (await project["dev"].ScalarAsync("SELECT to_regclass('public.orders')::text")).ShouldBeNull();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).Output.ShouldContain("nothing to do: all 5 tenants are at this release");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
        (await project.RunAsync("ledger", "show")).Output.Split('\n').Count(line => line.Contains("tenant.finished", StringComparison.Ordinal)).ShouldBe(5);

        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0001")).ExitCode.ShouldBe(5);
        var back = await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0001", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        (await project["dev"].AppliedAsync("0002")).ShouldBe("0");
        (await project["dev"].AppliedAsync("0001")).ShouldBe("5");
        var last = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--tenant", "t0003", "--yes");
        last.ExitCode.ShouldBe(0, last.ToString());
        (await project["dev"].AppliedAsync("0001")).ShouldBe("4");
    }

    [Fact]
    public async Task names_from_outside_are_names_and_nothing_else()
    {
        await using var project = (await LkProject.CreateAsync("dev")).WithTwoMigrations();
        string[] names = ["with space", "quote\"d", "x\"; DROP TABLE public.kept; --", "back\\slash", "Grüße", "it's"];
        await project["dev"].ExecuteAsync("CREATE TABLE public.kept (); CREATE TABLE public.tenants (schema text)");
        foreach (var name in names)
            await project["dev"].ExecuteAsync($"CREATE SCHEMA \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"; INSERT INTO public.tenants VALUES ($n${name}$n$)");
        project.WithTenants("dev");
        project.Configure("dev", "gates: [ { name: look, run: \"psql -XAtqc 'SELECT count(*) FROM orders'\" } ]");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname = 'orders'")).ShouldBe("6");
        (await project["dev"].ScalarAsync("SELECT to_regclass('public.kept')::text")).ShouldBe("kept");
    }

    [Fact]
    public async Task each_database_of_a_list_is_a_tenant()
    {
        await using var project = (await LkProject.CreateAsync("dev", "one", "two", "three")).WithTwoMigrations();
        string[] names = [project["one"].Name, project["two"].Name, project["three"].Name];
        project.Target("dev", $$"""{ url: "${env:URL_DEV}", databases: [{{string.Join(", ", names)}}], parallel: 3 }""");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        foreach (var environment in new[] { "one", "two", "three" })
            (await project.HistoryAsync(environment)).ShouldBe("0001 applied, 0002 applied");
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();
        project.Target("dev", $$"""{ url: "${env:URL_DEV}", databases: [{{string.Join(", ", names)}}, not_there] }""").Migration("0003_more", "SELECT 1;");
        var missing = await project.RunAsync("migrate", "apply", "--env", "dev");
        missing.ShouldRefuse(3, "LK3144");
        missing.Errors.ShouldContain("not_there");
        (await project.HistoryAsync("one")).ShouldBe("0001 applied, 0002 applied");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--max-failures", "1")).ShouldRefuse(4, "LK3144");
        (await project.HistoryAsync("three")).ShouldBe("0001 applied, 0002 applied, 0003 applied");
    }

    [Fact]
    public async Task each_line_of_a_file_is_a_tenant()
    {
        await using var project = (await LkProject.CreateAsync("dev", "one", "two")).WithTwoMigrations();
        project.Target("dev", "{ file: shards.txt }").File("shards.txt", "# the shards\n${env:URL_ONE}\n\n${env:URL_TWO}\n");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project.HistoryAsync("two")).ShouldBe("0001 applied, 0002 applied");
        project.File("shards.txt", "${env:URL_ONE}\n${env:URL_TWO}\n${env:URL_ONE}\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(2, "LK3142", "shards.txt:3:1");
        project.File("shards.txt", "${env:URL_ONE}\n${env:URL_NONE}\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK1201", "shards.txt:2:1");
        project.File("shards.txt", "# none yet\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3140");
    }

    [Theory]
    [InlineData("0", 3, 1, 6)]
    [InlineData("1", 4, 2, 4)]
    [InlineData("10%", 4, 2, 4)]
    [InlineData("2", 8, 2, 0)]
    public async Task failures_past_the_budget_stop_the_rest_and_the_same_command_goes_on(string budget, int done, int failed, int left)
    {
        await using var project = (await TenantProject.OfSchemasAsync(10, $", parallel: 1, max_failures: {budget}")).WithTwoMigrations();
        await project["dev"].ExecuteAsync("CREATE TABLE t0004.orders_note (id int); CREATE TABLE t0006.orders (id int)");
        var stopped = await project.RunAsync("migrate", "apply", "--env", "dev", "--json");
        stopped.ExitCode.ShouldBe(4, stopped.ToString());
        stopped.Output.ShouldContain(left == 0 ? "2 of 10 tenants of shop failed" : $"{failed} of 10 tenants of shop failed, {left} were not started");
        var answer = System.Text.Json.Nodes.JsonNode.Parse(stopped.Output)!["data"]!["tenants"]![0]!;
        ((int)answer["done"]!, (int)answer["failed"]!, (int)answer["not_started"]!).ShouldBe((done, failed, left));
        ((string?)answer["tenants"]![3]!["outcome"]).ShouldBe("partly_applied");
        ((string?)answer["tenants"]![3]!["at"]).ShouldBe("migrations/0002_note.up.sql:1:1");
        await project["dev"].ExecuteAsync("DROP TABLE t0004.orders_note; DROP TABLE t0006.orders");
        // The schema that the failed run recorded for t0004 has the table in it that was in the way.
        var again = await project.RunAsync("migrate", "apply", "--env", "dev", "--accept-drift");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Output.ShouldContain($"{10 - done} done, {done} had nothing to do, 0 failed, 0 not started");
        (await project["dev"].AppliedAsync("0002")).ShouldBe("10");
    }

    [Fact]
    public async Task the_canary_goes_first_and_its_gates_hold_the_others_back()
    {
        await using var project = (await TenantProject.OfSchemasAsync(6, ", canary: [t0003]")).WithTwoMigrations();
        project.Configure("dev", "gates: [ { name: smoke, run: ./smoke.sh } ]");
        File.SetUnixFileMode(project.File("smoke.sh", "#!/bin/sh\necho \"$LK_TENANT\" >> ran\nexit 1\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var held = await project.RunAsync("migrate", "apply", "--env", "dev");
        held.ShouldRefuse(4, "LK3144");
        held.Output.ShouldContain("stopped because the canary did not pass");
        (await project["dev"].ScalarAsync("SELECT string_agg(DISTINCT series, ' ') FROM lockkeeper.migrations")).ShouldBe("shop@t0003");
        project.File("smoke.sh", "#!/bin/sh\necho \"$LK_TENANT\" >> ran\n");
        var passed = await project.RunAsync("migrate", "apply", "--env", "dev");
        passed.ExitCode.ShouldBe(0, passed.ToString());
        (await File.ReadAllTextAsync(Path.Combine(project.Folder, "ran"), TestContext.Current.CancellationToken)).ShouldBe("t0003\nt0003\n");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.releases WHERE outcome = 'passed'")).ShouldBe("6");
    }

    [Theory]
    [InlineData("SELECT schema FROM public.tenants WHERE false", 3, "LK3140")]
    [InlineData("SELECT schema FROM public.nothing", 3, "LK3141")]
    [InlineData("DELETE FROM public.tenants RETURNING schema", 3, "LK3141")]
    [InlineData("SELECT 't0001' UNION ALL SELECT 't0001'", 2, "LK3142")]
    [InlineData("SELECT NULL", 3, "LK3141")]
    [InlineData("SELECT 'pg_catalog'", 3, "LK3141")]
    [InlineData("SELECT 'gone'", 3, "LK3144")]
    public async Task a_query_that_gives_no_list_of_tenants_is_refused(string query, int exit, string code)
    {
        await using var project = (await TenantProject.OfSchemasAsync(2)).WithTwoMigrations();
        project.Target("dev", $$"""{ url: "${env:URL_DEV}", schemas: { query: "{{query}}" } }""");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(exit, code);
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM public.tenants")).ShouldBe("2");
    }

    [Fact]
    public async Task a_canary_or_tenant_that_is_not_in_the_list_is_refused_with_the_nearest_name()
    {
        await using var project = (await TenantProject.OfSchemasAsync(3, ", canary: [t00001]")).WithTwoMigrations();
        var canary = await project.RunAsync("migrate", "apply", "--env", "dev");
        canary.ShouldRefuse(2, "LK1106");
        canary.Errors.ShouldContain("Did you mean 't0001'?");
        project.WithTenants("dev");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--tenant", "t9")).ShouldRefuse(2, "LK1106");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--parallel", "0")).ShouldRefuse(2, "LK1000");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--max-failures", "all")).ShouldRefuse(2, "LK1000");
        (await project.RunAsync("migrate", "verify", "--env", "dev")).Output.ShouldNotContain("LK1003");
    }

    [Fact]
    public async Task tenants_may_come_and_go_between_runs()
    {
        await using var project = (await TenantProject.OfSchemasAsync(3)).WithTwoMigrations();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync("DROP SCHEMA t0002 CASCADE; DELETE FROM tenants WHERE schema = 't0002'; CREATE SCHEMA new; INSERT INTO tenants VALUES ('new')");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        applied.Output.ShouldContain("1 done, 2 had nothing to do, 0 failed, 0 not started");
        (await project["dev"].ScalarAsync("SELECT to_regclass('new.orders_note')::text")).ShouldBe("new.orders_note");
    }

    [Fact]
    public async Task drift_is_seen_tenant_by_tenant()
    {
        await using var project = (await TenantProject.OfSchemasAsync(4)).WithTwoMigrations();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync("ALTER TABLE t0002.orders ADD COLUMN by_hand text; CREATE TABLE public.elsewhere ()");
        project.Migration("0003_more", "ALTER TABLE orders ADD COLUMN more text;");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev", "--max-failures", "1");
        applied.ShouldRefuse(4, "LK3144");
        applied.Errors.ShouldContain("t0002: LK3044");
        applied.Errors.ShouldContain("by_hand");
        (await project["dev"].AppliedAsync("0003")).ShouldBe("3");
    }

    [Fact]
    public async Task two_runners_at_once_apply_each_migration_once_in_each_tenant()
    {
        await using var project = (await TenantProject.OfSchemasAsync(12)).Migration("0001_log", "CREATE TABLE log (line text);").Migration("0002_line", "INSERT INTO log VALUES ('once');");
        var results = await Task.WhenAll(project.RunAsync("migrate", "apply", "--env", "dev"), project.RunAsync("migrate", "apply", "--env", "dev"));
        foreach (var result in results)
            result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync($"SELECT sum(n)::text FROM ({string.Join(" UNION ALL ", Enumerable.Range(1, 12).Select(n => $"SELECT count(*) AS n FROM t{n:0000}.log"))}) all_of_them")).ShouldBe("12");
        (await project["dev"].AppliedAsync("0002")).ShouldBe("12");
    }

    [Fact]
    public async Task a_tenant_that_somebody_holds_a_lock_on_fails_alone()
    {
        await using var project = (await TenantProject.OfSchemasAsync(4)).WithTwoMigrations();
        project.DatabaseSettings = "lock_timeout: 50ms\nlock_retries: 1";
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0003_more", "ALTER TABLE orders ADD COLUMN more text;");
        await using (var holder = await project["dev"].OpenAsync())
        await using (var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var command = new Npgsql.NpgsqlCommand("LOCK TABLE t0001.orders IN ACCESS SHARE MODE", holder, transaction);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var applied = await project.RunAsync("migrate", "apply", "--env", "dev", "--max-failures", "1");
            applied.ShouldRefuse(4, "LK3144");
            applied.Errors.ShouldContain("t0001: LK3061");
        }

        (await project["dev"].AppliedAsync("0003")).ShouldBe("3");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_release_is_promoted_when_every_tenant_before_has_passed()
    {
        await using var project = (await LkProject.CreateAsync("dev", "prod")).WithTwoMigrations();
        foreach (var environment in new[] { "dev", "prod" })
        {
            await project[environment].AddSchemasAsync(3);
            project.WithTenants(environment);
        }

        (await project.RunAsync("migrate", "apply", "--env", "dev", "--tenant", "t0002")).ExitCode.ShouldBe(0);
        var early = await project.RunAsync("migrate", "promote", "--to", "prod");
        early.ShouldRefuse(5, "LK3045");
        early.Errors.ShouldContain("has not passed in 2 of 3 tenants of dev (t0001, t0003)");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var promoted = await project.RunAsync("migrate", "promote", "--to", "prod");
        promoted.ExitCode.ShouldBe(0, promoted.ToString());
        (await project["prod"].AppliedAsync("0002")).ShouldBe("3");
    }

    [Fact]
    public async Task an_approval_is_asked_for_once_for_all_tenants()
    {
        await using var project = (await TenantProject.OfSchemasAsync(3)).WithTwoMigrations();
        project.Configure("dev", "approvals: { required: 1 }");
        var asked = await project.RunAsync("migrate", "apply", "--env", "dev");
        asked.ShouldRefuse(5, "LK1501");
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();
        var run = System.Text.RegularExpressions.Regex.Match(asked.Errors, @"run (\S+) on").Groups[1].Value;
        (await project.RunAsAsync("grace", "approve", run)).ExitCode.ShouldBe(0);
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(DISTINCT run, ' ') FROM lockkeeper.migrations")).ShouldBe(run);
    }

    [Fact]
    public async Task schemas_are_changed_through_a_pooler_that_hands_sessions_on()
    {
        await using var project = (await TenantProject.OfSchemasAsync(6, ", parallel: 3")).WithTwoMigrations();
        await using var pooler = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), new Dictionary<string, string> { ["default_pool_size"] = "3" });
        project.PointTo("dev", pooler.Url(project["dev"].Name));
        project.Migration("0003_session", "SET search_path = public;\nSELECT 1;");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project["dev"].ScalarAsync("SELECT count(DISTINCT relnamespace)::text FROM pg_class WHERE relname = 'orders_note'")).ShouldBe("6");
    }

    [Fact]
    public async Task a_migration_that_forgets_prepared_statements_does_not_disturb_the_next_tenant()
    {
        await using var project = await TenantProject.OfSchemasAsync(4, ", parallel: 1");
        project.Migration("0001_forget", "CREATE TABLE a (id int);\nDEALLOCATE ALL;");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project["dev"].ScalarAsync("SELECT count(DISTINCT fingerprint)::text FROM lockkeeper.snapshot")).ShouldBe("4");
    }
}
