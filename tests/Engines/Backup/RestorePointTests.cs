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

    [Fact]
    public async Task a_run_over_tenants_makes_one_restore_point_for_all_of_them_or_changes_none()
    {
        await using var project = await BackupProject.CreateAsync(", before_migrations: restore-point");
        var (server, shop) = (project.Server, project.Server.Project);
        shop.Target("dev", "{ url: \"${env:ADMIN_URL}\", databases: { query: \"SELECT datname FROM pg_database WHERE datname LIKE 'tenant%' ORDER BY 1\" }, canary: 1 }");
        await project.SqlAsync("CREATE DATABASE tenant_a; CREATE DATABASE tenant_b; CREATE DATABASE tenant_c");
        shop.Migration("0001_orders", "CREATE TABLE orders (id int PRIMARY KEY);", "DROP TABLE orders;");
        (await project.RunAsync("take", "--no-manifest")).ExitCode.ShouldBe(0);
        var first = await shop.RunAsync("migrate", "apply", "--env", "dev");
        first.ExitCode.ShouldBe(0, first.ToString());
        first.Output.ShouldNotContain("the way back", customMessage: "nothing is lost by what a down file takes back");
        // Tenants in different states: one of them has the first of the two already.
        shop.Migration("0002_note", "ALTER TABLE orders ADD note text;");
        (await shop.RunAsync("migrate", "apply", "--env", "dev", "--tenant", "tenant_b")).Output.ShouldContain("the way back: lk backup restore main --target name:lk-shop-0002-1");
        shop.Migration("0003_drop", "DROP TABLE orders;", "CREATE TABLE orders (id int PRIMARY KEY, note text);");

        const string command = "lk backup restore main --target name:lk-shop-0002-2";
        (await shop.RunAsync("migrate", "plan", "--env", "dev")).Output.ShouldContain($"before the first tenant, for 0002: the restore point lk-shop-0002-2; the way back: {command}");
        var planned = (await shop.JsonAsync("migrate", "apply", "--env", "dev", "--dry-run"))["data"]!["tenants"]![0]!["restore_points"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)planned["command"]!, (string)planned["cluster"]!, (string)planned["before"]!).ShouldBe((command, "main", "0002"));

        // What cannot be made stops all that it is for.
        Directory.Move(project.Repository, project.Repository + ".gone");
        var refused = await shop.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        refused.ExitCode.ShouldBe(3, refused.ToString());
        refused.Errors.ShouldContain("LK5002");
        refused.Output.ShouldContain("3 not started");
        foreach (var tenant in new[] { "tenant_a", "tenant_b", "tenant_c" })
            (await server.ScalarAsync(tenant, "SELECT to_regclass('orders') IS NULL")).ShouldBe("f", tenant);
        Directory.Move(project.Repository + ".gone", project.Repository);

        var applied = await shop.JsonAsync("migrate", "apply", "--env", "dev", "--yes");
        var run = applied["data"]!["tenants"]![0]!;
        ((int)run["done"]!).ShouldBe(3, applied.ToJsonString());
        ((string)run["restore_points"]!.AsArray().ShouldHaveSingleItem()!["command"]!).ShouldBe(command);
        var written = (await shop.JsonAsync("ledger", "show", "--run", (string)run["run"]!))["data"]!["entries"]!.AsArray().Select(entry => (string)entry!["kind"]!).ToList();
        written.Count(kind => kind == "backup.restore_point").ShouldBe(1);
        written.IndexOf("backup.restore_point").ShouldBe(1, "after the start of the run, and before what was done in the first tenant");

        (await shop.JsonAsync("migrate", "rollback", "--env", "dev", "--last", "--dry-run"))["data"]!["tenants"]![0]!["restore_points"]!.AsArray().ShouldBeEmpty();
    }
}
