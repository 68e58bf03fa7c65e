using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Backup;

/// <summary>What a timer hears of a policy that is not kept, and what is done about it.</summary>
public sealed class AlertsTests
{
    [Fact]
    public async Task a_hole_and_archiving_that_fails_are_alerts_and_a_full_backup_is_taken_for_the_hole()
    {
        await using var project = await BackupProject.CreateAsync(", on_hole: full");
        await project.SqlAsync("CREATE TABLE orders (id int)");
        var none = await project.RunAsync("alerts");
        none.ExitCode.ShouldBe(1, none.ToString());
        none.Output.ShouldContain("backup-missing: there is no backup in ");
        (await project.RunAsync("take", "--no-manifest")).ExitCode.ShouldBe(0);
        for (var i = 0; i < 2; i++)
        {
            await project.SqlAsync("INSERT INTO orders VALUES (1); SELECT pg_switch_wal()");
            (await project.RunAsync("check")).ExitCode.ShouldBe(0);
        }

        Rules(await project.JsonAsync("alerts")).ShouldBe(["backup-drill-never"]);
        File.Delete(project.Segments()[^3]);
        var hole = await project.RunAsync("alerts");
        hole.ExitCode.ShouldBe(1, hole.ToString());
        hole.Output.ShouldContain("backup-wal-hole: ");
        hole.Output.ShouldContain("a full backup, was taken into ");
        var after = await project.JsonAsync("alerts");
        Rules(after).ShouldBe(["backup-drill-never"]);
        after["done"]!.AsArray().ShouldBeEmpty();
        (await project.JsonAsync("list"))["repositories"]![0]!["sets"]!.AsArray().Select(set => (string)set!["kind"]!).ShouldBe(["full", "full"]);

        var archive = Path.Combine(project.Repository, "archive");
        Directory.Move(archive, archive + ".gone");
        await project.SqlAsync("INSERT INTO orders VALUES (2); SELECT pg_switch_wal()");
        await Eventually.TrueAsync(async () => await project.Server.ScalarAsync("postgres", "SELECT last_failed_time > coalesce(last_archived_time, 'epoch') FROM pg_stat_archiver") == "t", "the server hears that its archive command fails");
        Rules(await project.JsonAsync("alerts")).ShouldContain("backup-archiving-fails");
        Directory.Move(archive + ".gone", archive);
        (await project.RunAsync("check")).ExitCode.ShouldBe(0, "it goes on by itself");
        Rules(await project.JsonAsync("alerts")).ShouldBe(["backup-drill-never"]);

        var entries = (await project.Server.Project.JsonAsync("ledger", "show"))["data"]!["entries"]!.AsArray().Where(entry => (string)entry!["kind"]! == "backup.alerts").ToList();
        entries.Count.ShouldBeInRange(5, 6, "one for each change, and none for what is as before");
    }

    [Trait("Category", "Long")]
    [Fact]
    public async Task the_last_backup_that_a_drill_has_restored_is_kept_whatever_retention_says_until_a_newer_one_is_proven()
    {
        await using var project = await BackupProject.CreateAsync("", ", retention: { full: 1 }");
        (await project.RunAsync("take", "--type", "full", "--no-manifest")).ExitCode.ShouldBe(0);
        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());
        for (var i = 0; i < 2; i++)
            (await project.RunAsync("take", "--type", "full", "--no-manifest")).ExitCode.ShouldBe(0);
        var sets = await SetsAsync();
        sets.Count.ShouldBe(3, "the first is the only one that is known to be good");
        (await project.RunAsync("expire")).Output.ShouldContain($"since {sets[0]} is the last one that a drill has restored");
        (await project.RunAsync("expire", "--set", sets[0], "--yes")).Errors.ShouldContain("LK5017");
        Rules(await project.JsonAsync("alerts")).ShouldContain("backup-beyond-retention");

        (await project.RunAsync("drill")).ExitCode.ShouldBe(0);
        (await project.RunAsync("expire")).ExitCode.ShouldBe(0);
        (await SetsAsync()).ShouldBe([sets[2]]);
        Rules(await project.JsonAsync("alerts")).ShouldBeEmpty();

        async Task<List<string>> SetsAsync() => [.. (await project.JsonAsync("list"))["repositories"]![0]!["sets"]!.AsArray().Select(set => (string)set!["label"]!)];
    }

    private static List<string> Rules(JsonNode report) => [.. report["alerts"]!.AsArray().Select(alert => (string)alert!["rule"]!)];
}
