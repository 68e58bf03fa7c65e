using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>The real Sqitch and lk on one database.</summary>
public sealed class SqitchAdoptTests
{
    /// <summary>What Sqitch keeps of what is deployed, without who and when; the orders are those of deployment.</summary>
    private const string Registry = """
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
            SELECT 'change ' || row_number() OVER (ORDER BY committed_at) || concat_ws('|', '', change_id, script_hash, change, project, note, planned_at, planner_name, planner_email) AS line FROM sqitch.changes
            UNION ALL SELECT 'tag ' || row_number() OVER (ORDER BY committed_at) || concat_ws('|', '', tag_id, tag, project, change_id, note, planned_at, planner_name, planner_email) FROM sqitch.tags
            UNION ALL SELECT 'dependency ' || concat_ws('|', change_id, type, dependency, dependency_id) FROM sqitch.dependencies
            UNION ALL SELECT 'event ' || row_number() OVER (ORDER BY committed_at) || concat_ws('|', '', event, change_id, change, project, note, requires::text, conflicts::text, tags::text, planned_at, planner_name, planner_email) FROM sqitch.events
            UNION ALL SELECT 'project ' || project || '|' || uri FROM sqitch.projects) lines
        """;

    [Trait("Category", "Long")]
    [Fact]
    public async Task sqitch_and_lk_take_turns_on_goiardi()
    {
        await using var project = await LkProject.CreateAsync("dev");
        SqitchTool.Copy(Corpora.Goiardi, project);
        var folder = Path.Combine(project.Folder, "migrations");
        await SqitchTool.OutputAsync(folder, project["dev"], "deploy", "--to-change", "@v0.7.0", "--target");

        var adopted = await ShouldRunAsync(project, "migrate", "adopt", "--env", "dev", "--yes");
        adopted.ShouldContain("31");
        (await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--yes")).ShouldContain("10 applied");
        (await SqitchTool.OutputAsync(folder, project["dev"], "deploy", "--target")).ShouldContain("Nothing to deploy (up-to-date)");
        (await SqitchTool.OutputAsync(folder, project["dev"], "status", "--target")).ShouldContain("Nothing to deploy (up-to-date)");
        (await SqitchTool.OutputAsync(folder, project["dev"], "verify", "--target")).ShouldContain("Verify successful");
        (await SqitchTool.OutputAsync(folder, project["dev"], "check", "--target")).ShouldContain("Check successful");
        await using var bySqitch = await TestDatabase.CreateAsync();
        await SqitchTool.OutputAsync(folder, bySqitch, "deploy", "--target");
        (await project["dev"].ScalarAsync(Registry)).ShouldBe(await bySqitch.ScalarAsync(Registry));

        // Both take the same way back.
        await ShouldRunAsync(project, "migrate", "rollback", "--env", "dev", "--to", "shovey_insert_update", "--yes");
        await SqitchTool.OutputAsync(folder, bySqitch, "revert", "-y", "--to-change", "@v0.8.0", "--target");
        (await project["dev"].ScalarAsync(Registry)).ShouldBe(await bySqitch.ScalarAsync(Registry));

        // Sqitch goes on, with a change more, and lk takes notice.
        var plan = await File.ReadAllTextAsync(Path.Combine(folder, "sqitch.plan"), TestContext.Current.CancellationToken);
        project.File("migrations/sqitch.plan", plan.TrimEnd() + "\nextra [jsonb] 2024-01-31T12:00:00Z Anna Ops <anna@example.org> # One more\n");
        project.File("migrations/deploy/extra.sql", "CREATE TABLE goiardi.extra (n int);");
        project.File("migrations/revert/extra.sql", "DROP TABLE goiardi.extra;");
        await SqitchTool.OutputAsync(folder, project["dev"], "deploy", "--target");
        var status = await project.RunAsync("migrate", "status", "--env", "dev");
        status.ExitCode.ShouldBe(1, status.ToString());
        status.Output.ShouldContain("extra was applied by sqitch and not by lk");
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--yes");
        (await project.HistoryAsync("dev")).ShouldEndWith("jsonb applied, extra applied");
        await ShouldRunAsync(project, "migrate", "status", "--env", "dev");
    }

    private static async Task<string> ShouldRunAsync(LkProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Output;
    }
}
