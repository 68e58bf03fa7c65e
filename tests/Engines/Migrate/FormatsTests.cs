using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Projects in other formats than Lockkeeper's own, on a real server.</summary>
public sealed class FormatsTests
{
    private static readonly string[] Apply = ["migrate", "apply", "--env", "dev"];

    [Fact]
    public async Task a_flyway_project_runs_its_versions_by_number_and_then_what_is_repeatable()
    {
        await using var project = await FlywayAsync();
        project.File("migrations/V10__last.sql", "INSERT INTO ran (what) VALUES ('V10');");
        project.File("migrations/sub/V2_1__second.sql", "INSERT INTO ran (what) VALUES ('V2.1');");
        project.File("migrations/R__b_view.sql", "INSERT INTO ran (what) VALUES ('R b');");
        project.File("migrations/R__a_view.sql", "INSERT INTO ran (what) VALUES ('R a');");
        await ShouldApplyAsync(project);
        (await RanAsync(project)).ShouldBe("V2.1, V10, R a, R b");
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, 2.1 applied, 10 applied, R:a view applied, R:b view applied");
    }

    [Fact]
    public async Task a_repeatable_migration_runs_again_when_its_file_changes_and_only_then()
    {
        await using var project = await FlywayAsync();
        project.File("migrations/R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;");
        await ShouldApplyAsync(project);
        (await project.RunAsync(Apply)).Output.ShouldContain("nothing to do");

        project.File("migrations/R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b;");
        project.File("migrations/V2__more.sql", "ALTER TABLE ran ADD COLUMN more int;");
        await ShouldApplyAsync(project);
        (await project["dev"].ScalarAsync("SELECT b::text FROM v")).ShouldBe("2");
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, 2 applied, R:view applied");
        (await project.RunAsync("migrate", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task an_undo_file_is_the_way_back_and_repeatable_ones_are_passed_over()
    {
        await using var project = await FlywayAsync();
        project.File("migrations/V2__more.sql", "ALTER TABLE ran ADD COLUMN more int;");
        project.File("migrations/U2__more.sql", "ALTER TABLE ran DROP COLUMN more;");
        project.File("migrations/R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS a;");
        await ShouldApplyAsync(project);
        var back = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM information_schema.columns WHERE table_name = 'ran' AND column_name = 'more'")).ShouldBe("0");
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, R:view applied, 2 rolled_back");

        var none = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        none.ExitCode.ShouldBe(5, none.ToString());
        none.Errors.ShouldContain("migrations/V1__ran.sql has no down file");
    }

    [Fact]
    public async Task a_baseline_file_stands_for_the_versions_up_to_its_own_on_an_empty_database_only()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Configure("staging", "require_promotion: false");
        project.File("migrations/V1__ran.sql", "CREATE TABLE ran (n int GENERATED ALWAYS AS IDENTITY, what text);");
        await ShouldApplyAsync(project);
        project.File("migrations/V2__one.sql", "INSERT INTO ran (what) VALUES ('V2');");
        project.File("migrations/B2__state.sql", "CREATE TABLE ran (n int GENERATED ALWAYS AS IDENTITY, what text); INSERT INTO ran (what) VALUES ('B2');");
        project.File("migrations/V3__two.sql", "INSERT INTO ran (what) VALUES ('V3');");

        await ShouldApplyAsync(project);
        (await RanAsync(project)).ShouldBe("V2, V3");
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, 2 applied, 3 applied");
        var fresh = await project.RunAsync("migrate", "apply", "--env", "staging");
        fresh.ExitCode.ShouldBe(0, fresh.ToString());
        (await project.HistoryAsync("staging")).ShouldBe("B:2 applied, 3 applied");
        (await project["staging"].ScalarAsync("SELECT string_agg(what, ', ' ORDER BY n) FROM ran")).ShouldBe("B2, V3");
        (await project.RunAsync("migrate", "apply", "--env", "staging")).Output.ShouldContain("nothing to do");
        (await project.RunAsync("migrate", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_file_whose_settings_say_so_runs_without_a_transaction()
    {
        await using var project = await FlywayAsync();
        project.File("migrations/V2__index.sql", "CREATE INDEX CONCURRENTLY ran_what ON ran (what); ANALYZE ran;");
        var refused = await project.RunAsync(Apply);
        refused.ExitCode.ShouldBe(3, refused.ToString());
        refused.Errors.ShouldContain("LK3021");

        project.File("migrations/V2__index.sql.conf", "# as Flyway wants it\nexecuteInTransaction=false\n");
        await ShouldApplyAsync(project);
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'ran_what'::regclass")).ShouldBe("true");
    }

    [Fact]
    public async Task a_file_that_must_not_run_is_shown_and_never_pending()
    {
        await using var project = await FlywayAsync();
        project.File("migrations/V2__later.sql", "SELECT 1/0;");
        project.File("migrations/V2__later.sql.conf", "shouldExecute=false");
        await ShouldApplyAsync(project);
        (await project.HistoryAsync("dev")).ShouldBe("1 applied");
        (await project.RunAsync("migrate", "status")).Output.ShouldContain("disabled");
    }

    [Fact]
    public async Task a_late_file_may_say_by_itself_that_it_runs_all_the_same()
    {
        await using var project = await FlywayAsync();
        project.File("migrations/V5__five.sql", "INSERT INTO ran (what) VALUES ('V5');");
        await ShouldApplyAsync(project);
        project.File("migrations/V4__four.sql", "INSERT INTO ran (what) VALUES ('V4');");
        (await project.RunAsync(Apply)).Errors.ShouldContain("LK3042");
        project.File("migrations/V4__four.sql.conf", "outOfOrder=true");
        await ShouldApplyAsync(project);
        (await RanAsync(project)).ShouldBe("V5, V4");
    }

    [Fact]
    public async Task placeholders_are_the_projects_own_and_flyways()
    {
        await using var project = await FlywayAsync();
        project.DatabaseSettings = "placeholders: { what: \"it's\" }";
        project.File("migrations/V2__values.sql", "INSERT INTO ran (what) VALUES ($q$${what}$q$), ('${WHAT}${what}'), ('${flyway:database}'), ('${flyway:filename}'), ('${flyway:defaultSchema}');");
        project.File("migrations/V3__as_it_is.sql", "INSERT INTO ran (what) VALUES ('${what}');");
        project.File("migrations/V3__as_it_is.sql.conf", "placeholderReplacement=false");
        var failed = await project.RunAsync(Apply);
        failed.ExitCode.ShouldBe(3, failed.ToString());
        failed.Errors.ShouldContain("migrations/V2__values.sql:1:");

        project.DatabaseSettings = "placeholders: { what: value }";
        await ShouldApplyAsync(project);
        (await RanAsync(project)).ShouldBe($"value, valuevalue, {project["dev"].Name}, V2__values.sql, public, ${{what}}");

        project.File("migrations/V4__unknown.sql", "SELECT 1;\nSELECT '${nobody}';");
        var unknown = await project.RunAsync(Apply);
        unknown.ExitCode.ShouldBe(3, unknown.ToString());
        unknown.Errors.ShouldContain("LK3008");
        unknown.Errors.ShouldContain("migrations/V4__unknown.sql:2:9");
    }

    [Fact]
    public async Task a_plain_series_takes_the_variables_of_psql()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = "placeholders: { app: shop }";
        project.File("migrations/1.sql", "CREATE SCHEMA :app; CREATE TABLE :app.ran (what text);");
        project.File("migrations/2-cast.sql", "CREATE DOMAIN app AS text; INSERT INTO :app.ran VALUES ('x'::app);");
        project.File("migrations/10_last.sql", "INSERT INTO :app.ran VALUES (':apple ${other}');");
        await ShouldApplyAsync(project);
        (await project["dev"].ScalarAsync("SELECT string_agg(what, ', ' ORDER BY ctid) FROM shop.ran")).ShouldBe("x, :apple ${other}");
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, 2 applied, 10 applied");
    }

    [Fact]
    public async Task the_script_of_a_plan_is_what_psql_runs_to_the_same_end()
    {
        await using var project = await FlywayAsync();
        project.File("migrations/V2__more.sql", "INSERT INTO ran (what) VALUES ('${flyway:filename}');");
        (await project.RunAsync(Apply)).ExitCode.ShouldBe(0);
        project.File("migrations/V3__index.sql", "CREATE INDEX CONCURRENTLY ran_what ON ran (what);");
        project.File("migrations/V4__data.sql", "COPY ran (what) FROM stdin;\n${flyway:filename}\n\\.\n");
        var script = await project.RunAsync("migrate", "plan", "--env", "dev", "--script");
        script.ExitCode.ShouldBe(0, script.ToString());
        await Psql.OutputAsync(project["dev"].Url, script.Output);
        (await RanAsync(project)).ShouldBe("V2__more.sql, V4__data.sql");
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, 2 applied, 3 applied, 4 applied");
    }

    private static async Task<LkProject> FlywayAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        project.File("migrations/V1__ran.sql", "CREATE TABLE ran (n int GENERATED ALWAYS AS IDENTITY, what text);");
        return project;
    }

    private static async Task ShouldApplyAsync(LkProject project)
    {
        var result = await project.RunAsync(Apply);
        result.ExitCode.ShouldBe(0, result.ToString());
    }

    private static Task<string?> RanAsync(LkProject project) => project["dev"].ScalarAsync("SELECT string_agg(what, ', ' ORDER BY n) FROM ran");
}
