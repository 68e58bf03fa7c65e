using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Another tool's database is taken over with proof, its table is kept up to date, and the way back stays open.</summary>
public sealed class AdoptTests
{
    private static readonly string[] Adopting = ["migrate", "adopt", "--env", "dev"];
    private static readonly string[] AdoptingForGood = [.. Adopting, "--yes"];
    private static readonly string[] Applying = ["migrate", "apply", "--env", "dev"];

    [Fact]
    public async Task the_real_dbmate_and_lk_take_turns_on_one_database()
    {
        await using var project = await DbmateProjectAsync(5);
        await DbmateAsync(project, "up");

        var report = await project.RunAsync(Adopting);
        report.ExitCode.ShouldBe(0, report.ToString());
        report.Output.ShouldContain("the live schema is the same");
        (await project["dev"].ScalarAsync("SELECT to_regnamespace('lockkeeper')::text")).ShouldBeNull();
        var adopted = await project.RunAsync(AdoptingForGood);
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("001 applied, 002 applied, 003 applied, 004 applied, 005 applied");

        Step(project, 6);
        Step(project, 7);
        (await project.RunAsync(Applying)).ExitCode.ShouldBe(0);
        (await VersionsAsync(project)).ShouldBe("001,002,003,004,005,006,007");
        (await DbmateAsync(project, "status")).ShouldContain("Pending: 0");
        await DbmateAsync(project, "up");

        Step(project, 8);
        await DbmateAsync(project, "up");
        var status = await project.RunAsync("migrate", "status", "--env", "dev");
        status.ExitCode.ShouldBe(1, status.ToString());
        status.Output.ShouldContain("008 was applied by dbmate and not by lk");
        var taken = await project.RunAsync(Applying);
        taken.ExitCode.ShouldBe(0, taken.ToString());
        (await project.HistoryAsync("dev")).ShouldEndWith("007 applied, 008 applied");
        (await project.RunAsync("migrate", "status", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);

        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "006", "--yes")).ExitCode.ShouldBe(0);
        (await VersionsAsync(project)).ShouldBe("001,002,003,004,005,006");
        (await DbmateAsync(project, "status")).ShouldContain("Pending: 2");
        await DbmateAsync(project, "up");
        (await VersionsAsync(project)).ShouldBe("001,002,003,004,005,006,007,008");
    }

    [Fact]
    public async Task what_another_tool_has_applied_is_not_applied_again()
    {
        await using var project = await DbmateProjectAsync(2);
        await DbmateAsync(project, "up");
        var refused = await project.RunAsync(Applying);
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK3084: ");
        refused.Errors.ShouldContain("has been migrated by dbmate (public.schema_migrations)");
        refused.Errors.ShouldContain("lk migrate adopt --env dev");
        (await project["dev"].ScalarAsync("SELECT to_regnamespace('lockkeeper')::text")).ShouldBeNull();
        (await project.RunAsync("migrate", "plan", "--env", "dev")).Output.ShouldContain("would be refused: LK3084");

        // A table that the tool has only made says nothing yet.
        await project["dev"].ExecuteAsync("DELETE FROM schema_migrations");
        (await project.RunAsync("migrate", "plan", "--env", "dev")).Output.ShouldNotContain("LK3084");
    }

    [Fact]
    public async Task what_dbmate_rolled_back_is_refused_until_adopting_again_has_proven_it()
    {
        await using var project = await DbmateProjectAsync(2);
        await DbmateAsync(project, "up");
        (await project.RunAsync(AdoptingForGood)).ExitCode.ShouldBe(0);
        await DbmateAsync(project, "down");
        var refused = await project.RunAsync(Applying);
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK3080");
        refused.Errors.ShouldContain("002 is applied here, and dbmate does not have it");
        var again = await project.RunAsync(AdoptingForGood);
        again.ExitCode.ShouldBe(0, again.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("001 applied, 002 rolled_back");
        (await project.RunAsync(Applying)).ExitCode.ShouldBe(0);
        (await VersionsAsync(project)).ShouldBe("001,002");
    }

    [Fact]
    public async Task a_table_that_was_left_is_not_written_and_adopting_again_brings_it_up_to_date()
    {
        await using var project = await DbmateProjectAsync(1);
        await DbmateAsync(project, "up");
        (await project.RunAsync(AdoptingForGood)).ExitCode.ShouldBe(0);
        var left = await project.RunAsync("migrate", "adopt", "--env", "dev", "--leave", "--yes");
        left.ExitCode.ShouldBe(0, left.ToString());
        left.Output.ShouldContain("public.schema_migrations is not kept up to date any more");
        Step(project, 2);
        (await project.RunAsync(Applying)).ExitCode.ShouldBe(0);
        (await VersionsAsync(project)).ShouldBe("001");
        (await project.RunAsync("migrate", "status", "--env", "dev")).Output.ShouldContain("which was left on");
        (await project.RunAsync("migrate", "adopt", "--env", "dev", "--leave", "--yes")).ExitCode.ShouldBe(2);

        var again = await project.RunAsync(AdoptingForGood);
        again.ExitCode.ShouldBe(0, again.ToString());
        (await VersionsAsync(project)).ShouldBe("001,002");
        (await DbmateAsync(project, "status")).ShouldContain("Pending: 0");
    }

    [Fact]
    public async Task a_schema_that_the_files_do_not_make_is_refused_and_shown_until_it_is_accepted()
    {
        await using var project = await DbmateProjectAsync(2);
        await DbmateAsync(project, "up");
        await project["dev"].ExecuteAsync("ALTER TABLE t1 ADD COLUMN by_hand int");
        var report = await project.RunAsync(Adopting);
        report.ExitCode.ShouldBe(1, report.ToString());
        report.Output.ShouldContain("by_hand");
        var refused = await project.RunAsync(AdoptingForGood);
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK3083");
        (await project["dev"].ScalarAsync("SELECT to_regnamespace('lockkeeper')::text")).ShouldBeNull();
        (await project.RunAsync([.. AdoptingForGood, "--accept-drift"])).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task an_approval_covers_what_is_accepted()
    {
        await using var project = await DbmateProjectAsync(1);
        project.Configure("dev", "approvals: { required: 1 }");
        await DbmateAsync(project, "up");
        await project["dev"].ExecuteAsync("CREATE TABLE by_hand ()");
        var asked = await project.RunAsync([.. AdoptingForGood, "--accept-drift"]);
        asked.ExitCode.ShouldBe(5, asked.ToString());
        asked.Errors.ShouldContain("approve");
        var run = System.Text.RegularExpressions.Regex.Match(asked.Errors, "lk approve ([0-9a-f-]+)").Groups[1].Value;
        (await project.RunAsAsync("bert", "approve", run)).ExitCode.ShouldBe(0);
        var adopted = await project.RunAsync([.. AdoptingForGood, "--accept-drift"]);
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("001 applied");
    }

    [Fact]
    public async Task a_row_without_a_file_is_named_and_taken_over_when_that_is_accepted()
    {
        await using var project = await DbmateProjectAsync(2);
        await DbmateAsync(project, "up");
        project.Remove("migrations/001_t1.sql");
        var refused = await project.RunAsync(AdoptingForGood);
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("001: there is no file");
        (await project.RunAsync([.. AdoptingForGood, "--accept-missing", "--accept-drift"])).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task what_dbmate_applied_from_a_file_that_is_not_here_stops_the_next_run()
    {
        await using var project = await DbmateProjectAsync(1);
        await DbmateAsync(project, "up");
        (await project.RunAsync(AdoptingForGood)).ExitCode.ShouldBe(0);
        Step(project, 2);
        await DbmateAsync(project, "up");
        project.Remove("migrations/002_t2.sql");
        Step(project, 3);
        var refused = await project.RunAsync(Applying);
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("002 was applied by dbmate, and its file is not in the folder");
        (await project["dev"].ScalarAsync("SELECT to_regclass('t3')::text")).ShouldBeNull();
    }

    [Fact]
    public async Task an_empty_table_is_adopted_and_kept_up_to_date()
    {
        await using var project = await DbmateProjectAsync(1);
        await project["dev"].ExecuteAsync("CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)");
        (await project.RunAsync(AdoptingForGood)).ExitCode.ShouldBe(0);
        (await project.RunAsync(Applying)).ExitCode.ShouldBe(0);
        (await VersionsAsync(project)).ShouldBe("001");
    }

    [Fact]
    public async Task when_the_old_table_cannot_be_written_the_migration_is_not_applied_either()
    {
        await using var project = await DbmateProjectAsync(1);
        await DbmateAsync(project, "up");
        await project["dev"].ExecuteAsync("ALTER TABLE schema_migrations ADD CHECK (version < '002')");
        (await project.RunAsync(AdoptingForGood)).ExitCode.ShouldBe(0);
        Step(project, 2);
        var failed = await project.RunAsync(Applying);
        failed.ExitCode.ShouldBe(5, failed.ToString());
        failed.Errors.ShouldContain("the table of dbmate (public.schema_migrations) could not be kept up to date, so 002 is not recorded");
        (await project["dev"].ScalarAsync("SELECT to_regclass('t2')::text")).ShouldBeNull();
        (await project.HistoryAsync("dev")).ShouldBe("001 applied");
    }

    [Fact]
    public async Task the_planned_script_keeps_the_old_table_up_to_date_too()
    {
        await using var project = await DbmateProjectAsync(1);
        await DbmateAsync(project, "up");
        (await project.RunAsync(AdoptingForGood)).ExitCode.ShouldBe(0);
        Step(project, 2);
        (await project.RunAsync("migrate", "plan", "--env", "dev", "--script")).Output.ShouldContain("""INSERT INTO "public"."schema_migrations" (version) VALUES ('002') ON CONFLICT DO NOTHING;""");
    }

    private static async Task<LkProject> DbmateProjectAsync(int steps)
    {
        var project = await LkProject.CreateAsync("dev");
        for (var step = 1; step <= steps; step++)
            Step(project, step);
        return project;
    }

    private static void Step(LkProject project, int step) => project.File(
        $"migrations/{step:000}_t{step}.sql", $"-- migrate:up\nCREATE TABLE t{step} (id bigint PRIMARY KEY, note text);\nINSERT INTO t{step} VALUES ({step}, 'a;b');\n\n-- migrate:down\nDROP TABLE t{step};\n");

    private static Task<string> DbmateAsync(LkProject project, params string[] arguments) =>
        Dbmate.RunAsync(project["dev"].Url, Path.Combine(project.Folder, "migrations"), arguments);

    private static async Task<string> VersionsAsync(LkProject project) => await project["dev"].ScalarAsync("SELECT string_agg(version, ',' ORDER BY version) FROM schema_migrations") ?? "";
}
