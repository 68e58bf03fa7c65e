using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Verify, baseline, repair and scripts for targets with many tenants, and the guard against applying twice what another tool has applied.</summary>
public sealed class TenantVerbsTests
{
    [Fact]
    public async Task verify_has_a_line_a_tenant_and_names_the_one_that_drifted_and_the_one_that_is_gone()
    {
        await using var project = (await TenantProject.OfSchemasAsync(5)).WithTwoMigrations();
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev");
        (await ShouldRunAsync(project, "migrate", "verify", "--env", "dev", "--parallel", "3")).ShouldContain("t0003: 2 applied, 0 pending; files, history and schema agree");

        await project["dev"].ExecuteAsync("ALTER TABLE t0002.orders ADD COLUMN by_hand int; DROP TABLE t0004.orders; DROP SCHEMA t0005 CASCADE");
        var found = await project.RunAsync("migrate", "verify");
        found.ExitCode.ShouldBe(1, found.ToString());
        found.Output.ShouldContain("t0001: 2 applied, 0 pending; files, history and schema agree");
        found.Output.ShouldContain("t0002: 2 applied, 0 pending; drift: column t0002.orders.by_hand");
        found.Output.ShouldContain("t0004: 2 applied, 0 pending; drift: ");
        found.Output.ShouldContain("t0005: LK3143");
        (await ShouldRunAsync(project, "migrate", "verify", "--env", "dev", "--tenant", "t0003")).ShouldNotContain("t0001");
        var targets = (await project.JsonAsync("migrate", "verify"))["data"]!["targets"]!.AsArray();
        targets.Count.ShouldBe(5);
        ((string?)targets[1]!["tenant"], targets[1]!["drift"]!.AsArray().Count).ShouldBe(("t0002", 1));
        ((string?)targets[4]!["error"]).ShouldStartWith("LK3143");

        // The run itself does not look at tenants that have nothing to do, and says where to look.
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--tenant", "t0002")).Output.ShouldContain("'lk migrate verify' looks for drift");
    }

    [Fact]
    public async Task an_edited_file_is_repaired_in_every_tenant_or_in_none()
    {
        await using var project = (await TenantProject.OfSchemasAsync(4)).WithTwoMigrations();
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev");
        project.Migration("0002_note", "CREATE INDEX orders_note ON orders (note); -- by its note", "DROP INDEX orders_note;");
        (await project.RunAsync("migrate", "verify")).ExitCode.ShouldBe(1);
        var shown = await project.RunAsync("migrate", "repair", "--env", "dev");
        shown.ExitCode.ShouldBe(5, shown.ToString());
        shown.Output.ShouldContain("4 tenants (t0001, t0002, t0003 and 1 more):");
        shown.Output.ShouldContain("nothing was changed; --yes does it");

        await project["dev"].ExecuteAsync("ALTER SCHEMA t0003 RENAME TO hidden");
        var refused = await project.RunAsync("migrate", "repair", "--env", "dev", "--yes");
        refused.ExitCode.ShouldBe(3, refused.ToString());
        refused.Output.ShouldContain("t0003: LK3143");
        refused.Output.ShouldContain("nothing was changed: 1 tenant could not be looked at");
        await project["dev"].ExecuteAsync("ALTER SCHEMA hidden RENAME TO t0003");
        (await project.RunAsync("migrate", "verify")).ExitCode.ShouldBe(1);

        (await ShouldRunAsync(project, "migrate", "repair", "--env", "dev", "--yes")).ShouldContain("4 tenants changed");
        await ShouldRunAsync(project, "migrate", "verify");
        (await ShouldRunAsync(project, "migrate", "repair", "--env", "dev", "--yes")).ShouldContain("nothing to do");
        (await ShouldRunAsync(project, "ledger", "verify")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task a_baseline_is_for_the_tenants_that_have_no_history_yet()
    {
        await using var project = (await TenantProject.OfSchemasAsync(4)).WithTwoMigrations();
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--tenant", "t0001");
        foreach (var schema in (string[])["t0002", "t0003", "t0004"])
            await project["dev"].ExecuteAsync($"CREATE TABLE {schema}.orders (id bigint PRIMARY KEY, note text)");
        var done = await ShouldRunAsync(project, "migrate", "baseline", "--env", "dev", "--version", "0001", "--yes");
        done.ShouldContain("1 tenant (t0001): nothing to do");
        done.ShouldContain("3 tenants (t0002, t0003, t0004):");
        done.ShouldContain("3 tenants changed");
        await ShouldRunAsync(project, "migrate", "verify");
        (await ShouldRunAsync(project, "migrate", "apply", "--env", "dev")).ShouldContain("3 done");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations WHERE outcome = 'baseline'")).ShouldBe("3");
        (await project["dev"].AppliedAsync("0002")).ShouldBe("4");
        await ShouldRunAsync(project, "migrate", "verify");
    }

    [Fact]
    public async Task an_approval_of_a_baseline_is_asked_for_once_for_all_tenants()
    {
        await using var project = (await TenantProject.OfSchemasAsync(3)).WithTwoMigrations();
        project.Configure("dev", "approvals: { required: 1 }");
        var asked = await project.RunAsync("migrate", "baseline", "--env", "dev", "--version", "0002");
        asked.ExitCode.ShouldBe(5, asked.ToString());
        var run = System.Text.RegularExpressions.Regex.Match(asked.Errors, "run (?<id>[0-9a-f-]+) on dev waits").Groups["id"].Value;
        (await project.RunAsAsync("bert", "approve", run)).ExitCode.ShouldBe(0);
        (await ShouldRunAsync(project, "migrate", "baseline", "--env", "dev", "--version", "0002")).ShouldContain("3 tenants changed");
        (await project["dev"].ScalarAsync($"SELECT count(DISTINCT series)::text FROM lockkeeper.migrations WHERE run = '{run}'")).ShouldBe("3");
    }

    [Fact]
    public async Task tenants_that_another_tool_has_migrated_are_refused_one_by_one_and_named_in_the_plan()
    {
        await using var project = await TenantProject.OfSchemasAsync(3, ", max_failures: 5");
        project.File("migrations/20240101000000_orders.sql", "-- migrate:up\nCREATE TABLE orders (id bigint);\n\n-- migrate:down\nDROP TABLE orders;\n");
        await project["dev"].ExecuteAsync("CREATE TABLE t0002.schema_migrations (version varchar PRIMARY KEY); INSERT INTO t0002.schema_migrations VALUES ('20240101000000')");
        // That of the shared schema is nobody's own.
        await project["dev"].ExecuteAsync("CREATE TABLE public.schema_migrations (version varchar PRIMARY KEY); INSERT INTO public.schema_migrations VALUES ('20240101000000')");
        project.DatabaseSettings = "search_path: [public]";
        var plan = await project.RunAsync("migrate", "plan", "--env", "dev");
        plan.Output.ShouldContain("1 tenant (t0002): would be refused: LK3084");
        plan.Output.ShouldContain("2 tenants (t0001, t0003): 1 step");

        var applied = await project.RunAsync("migrate", "apply", "--env", "dev");
        applied.ExitCode.ShouldBe(4, applied.ToString());
        applied.Output.ShouldContain("2 done, 0 had nothing to do, 1 failed");
        applied.Output.ShouldContain("LK3084");
        (await project["dev"].ScalarAsync("SELECT to_regclass('t0002.orders')::text")).ShouldBeNull();
    }

    [Fact]
    public async Task tenants_in_the_same_state_share_a_script_that_psql_runs_for_each()
    {
        await using var project = (await TenantProject.OfSchemasAsync(3)).WithTwoMigrations();
        var script = await ShouldRunAsync(project, "migrate", "plan", "--env", "dev", "--script");
        foreach (var schema in (string[])["t0001", "t0002"])
            await Psql.OutputAsync(project["dev"].Url, script, new PsqlOptions { Variables = new Dictionary<string, string> { ["tenant"] = schema } });
        (await project["dev"].AppliedAsync("0002")).ShouldBe("2");
        (await project["dev"].ScalarAsync("SELECT string_agg(schemaname, ' ' ORDER BY 1) FROM pg_tables WHERE tablename = 'orders'")).ShouldBe("t0001 t0002");

        project.Migration("0003_more", "ALTER TABLE orders ADD COLUMN more text;");
        var several = await project.RunAsync("migrate", "plan", "--env", "dev", "--script");
        several.ExitCode.ShouldBe(2, several.ToString());
        several.Errors.ShouldContain("2 different states");
        project.File("taken", "");
        (await project.RunAsync("migrate", "plan", "--env", "dev", "--script", "--into", "taken")).Errors.ShouldContain("LK1000: the scripts cannot be written into taken");
        (await ShouldRunAsync(project, "migrate", "plan", "--env", "dev", "--script", "--into", "scripts")).ShouldContain("for 2 tenants");
        foreach (var number in (int[])[1, 2])
        {
            var text = await File.ReadAllTextAsync(Path.Combine(project.Folder, $"scripts/shop-{number}.sql"), TestContext.Current.CancellationToken);
            foreach (var tenant in await File.ReadAllLinesAsync(Path.Combine(project.Folder, $"scripts/shop-{number}.tenants"), TestContext.Current.CancellationToken))
                await Psql.OutputAsync(project["dev"].Url, text, new PsqlOptions { Variables = new Dictionary<string, string> { ["tenant"] = tenant } });
        }

        (await project["dev"].AppliedAsync("0003")).ShouldBe("3");
        (await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--accept-drift")).ShouldContain("3 done");
        (await project["dev"].AppliedAsync("0003")).ShouldBe("3");
    }

    private static async Task<string> ShouldRunAsync(LkProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Output;
    }
}
