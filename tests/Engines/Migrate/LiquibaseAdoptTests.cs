using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>What a history of the real Liquibase holds besides changesets that ran: marks, checksums that are let through, a lock.</summary>
public sealed class LiquibaseAdoptTests
{
    private const string One = "--liquibase formatted sql\n--changeset a:1\nCREATE TABLE one (id int);\n";
    private const string Marked = "--changeset a:2\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:1 SELECT 0\nCREATE TABLE two (id int);\n";

    [Fact]
    public async Task a_changeset_that_was_only_marked_as_run_is_shown_and_not_taken_for_what_made_the_schema()
    {
        await using var project = await ProjectAsync(One + Marked);
        var report = await project.RunAsync("migrate", "adopt", "--env", "dev");
        report.ExitCode.ShouldBe(0, report.ToString());
        report.Output.ShouldContain("the tool marked it as run without running it");
        report.Output.ShouldContain("the live schema is the same");
        (await project.RunAsync("migrate", "adopt", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("changes.sql::1::a applied, changes.sql::2::a baseline");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        applied.Output.ShouldContain("0 applied", customMessage: applied.ToString());
        (await project["dev"].ScalarAsync("SELECT to_regclass('two') IS NULL")).ShouldBe("t");

        // One that Liquibase marks later is taken over as what it is, too.
        project.File("migrations/changes.sql", One + Marked + Marked.Replace("a:2", "a:3"));
        await LiquibaseTool.RunAsync(Path.Combine(project.Folder, "migrations"), "changes.sql", project["dev"], "update");
        (await project.RunAsync("migrate", "status", "--env", "dev")).Output.ShouldContain("was marked as run by liquibase without running it");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldEndWith("changes.sql::3::a baseline");
    }

    [Fact]
    public async Task an_edit_whose_recorded_checksum_the_changelog_lists_is_taken_as_the_real_tool_takes_it()
    {
        await using var project = await ProjectAsync(One);
        (await project.RunAsync("migrate", "adopt", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        var recorded = await project["dev"].ScalarAsync("SELECT md5sum FROM databasechangelog");
        var edited = One.Replace("(id int)", "(id integer)", StringComparison.Ordinal);
        project.File("migrations/changes.sql", edited);
        var refused = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK3040");

        project.File("migrations/changes.sql", edited.Replace("CREATE", $"--validCheckSum {recorded}\nCREATE", StringComparison.Ordinal));
        await LiquibaseTool.RunAsync(Path.Combine(project.Folder, "migrations"), "changes.sql", project["dev"], "update");
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project.RunAsync("migrate", "status", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_lock_that_liquibase_holds_is_named_with_its_holder_and_nothing_runs_beside_it()
    {
        await using var project = await ProjectAsync(One);
        const string set = "UPDATE databasechangeloglock SET locked = true, lockedby = 'build-7 (10.0.0.7)', lockgranted = '2026-01-02 03:04:05'";
        await project["dev"].ExecuteAsync(set);
        await ShouldBeRefusedAsync("adopt");
        await project["dev"].ExecuteAsync("UPDATE databasechangeloglock SET locked = false");
        (await project.RunAsync("migrate", "adopt", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        project.File("migrations/changes.sql", One + "--changeset a:2\nCREATE TABLE two (id int);\n");
        await project["dev"].ExecuteAsync(set);
        await ShouldBeRefusedAsync("apply");
        (await project.RunAsync("migrate", "status", "--env", "dev")).Output.ShouldContain("build-7 (10.0.0.7)");
        await LiquibaseTool.RunAsync(Path.Combine(project.Folder, "migrations"), "changes.sql", project["dev"], "release-locks");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);

        async Task ShouldBeRefusedAsync(string verb)
        {
            var refused = await project.RunAsync("migrate", verb, "--env", "dev", "--yes");
            refused.ExitCode.ShouldBe(5, refused.ToString());
            refused.Errors.ShouldContain("LK3085");
            refused.Errors.ShouldContain("its lock is held by build-7 (10.0.0.7) since 2026-01-02 03:04:05");
            refused.Errors.ShouldContain("liquibase release-locks");
        }
    }

    private static async Task<LkProject> ProjectAsync(string changelog)
    {
        var project = await LkProject.CreateAsync("dev");
        project.File("migrations/changes.sql", changelog);
        await LiquibaseTool.RunAsync(Path.Combine(project.Folder, "migrations"), "changes.sql", project["dev"], "update");
        return project;
    }
}
