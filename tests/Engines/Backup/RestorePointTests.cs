using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Backup;

/// <summary>The way back from a migration that destroys something, through the backups of the cluster that holds its target.</summary>
public sealed class RestorePointTests
{
    [Fact]
    public async Task a_table_that_a_migration_drops_is_there_again_by_the_command_that_the_plan_names()
    {
        await using var project = await BackupProject.CreateAsync(", before_migrations: incremental");
        var shop = project.Server.Project;
        shop.PointTo("dev", project.Server.Cluster.Url());
        shop.Migration("0001_orders", "CREATE TABLE orders (id int PRIMARY KEY);", "DROP TABLE orders;");
        (await project.RunAsync("take", "--no-manifest")).ExitCode.ShouldBe(0);
        var first = await shop.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        first.ExitCode.ShouldBe(0, first.ToString());
        first.Output.ShouldNotContain("the way back", customMessage: "nothing is lost by what a down file takes back");
        await project.SqlAsync("INSERT INTO orders SELECT generate_series(1, 100)");
        shop.Migration("0002_note", "ALTER TABLE orders ADD note text;", "ALTER TABLE orders DROP note;").Migration("0003_drop", "DROP TABLE orders;");

        const string command = "lk backup restore main --target name:lk-shop-0003-1";
        var plan = await shop.RunAsync("migrate", "plan", "--env", "dev");
        plan.Output.ShouldContain($"before 0003: an incremental backup and the restore point lk-shop-0003-1; the way back: {command}");
        ((string)(await shop.JsonAsync("migrate", "plan", "--env", "dev"))["data"]!["databases"]![0]!["restore_point"]!["command"]!).ShouldBe(command);

        // What cannot be made stops what it is for.
        Directory.Move(project.Repository, project.Repository + ".gone");
        var refused = await shop.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        refused.ExitCode.ShouldBeOneOf(3, 4);
        refused.Errors.ShouldContain("LK5002");
        (await project.Server.ScalarAsync("postgres", "SELECT count(note) || '/' || count(*) FROM orders")).ShouldBe("0/100");
        Directory.Move(project.Repository + ".gone", project.Repository);

        var applied = await shop.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        applied.Output.ShouldContain($"the way back: {command}");
        (await project.Server.ScalarAsync("postgres", "SELECT to_regclass('orders') IS NULL")).ShouldBe("t");
        (await shop.RunAsync("ledger", "show", "--json")).Output.ShouldContain(command);

        // A newer backup is no way to a point before it.
        (await project.RunAsync("take", "--no-manifest")).ExitCode.ShouldBe(0);
        var restored = (await shop.JsonAsync(command.Split(' ')[1..]))["data"]!;
        restored["folder"].ShouldNotBeNull(restored.ToJsonString());
        (await BackupProject.AskAsync(restored, "SELECT count(note), count(*) FROM orders")).ShouldBe("0|100");
        await project.StopAsync(restored);
    }
}
