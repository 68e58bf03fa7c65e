using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.Faults.Migrate;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>The primary dies, its standby is promoted, and from then on archives into the same repository: a history of two timelines.</summary>
public sealed class PromotionTests
{
    private const int SegmentBytes = 16 << 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task moments_before_and_after_a_promotion_are_restored_from_backups_of_both_timelines()
    {
        await using var project = await BackupProject.CreateAsync();
        await project.SqlAsync("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 10)");
        await OkAsync(project, "take", "--type", "full");
        await using var standby = await TestKit.PostgreSql.Standby.OfAsync(project.Server.Cluster);
        await AskAsync(standby.Url, "ALTER SYSTEM SET archive_mode = 'on'");
        await standby.Cluster.RestartAsync();
        await project.SqlAsync("INSERT INTO orders VALUES (11)");
        var before = await MomentAsync(project.Server.Cluster.Url());
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);
        await project.SqlAsync("INSERT INTO orders VALUES (12)");
        await OkAsync(project, "check");
        // Committed and never archived by the old primary: the standby has it, and archives it.
        await project.SqlAsync("INSERT INTO orders VALUES (13)");
        var place = await AskAsync(project.Server.Cluster.Url(), "SELECT pg_current_wal_lsn()::text");
        await Eventually.TrueAsync(async () => await AskAsync(standby.Url, $"SELECT (pg_last_wal_replay_lsn() >= '{place}')::text") == "true", "the standby has it");
        await project.Server.Cluster.CrashAsync();
        await AskAsync(standby.Url, "SELECT pg_promote()::text");

        project.Server.Project.Variables["ADMIN_URL"] = standby.Url;
        var applied = await project.Server.RunAsync("apply");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        await AskAsync(standby.Url, "INSERT INTO orders VALUES (14) RETURNING id::text");
        await OkAsync(project, "check");
        var after = await MomentAsync(standby.Url);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);
        await AskAsync(standby.Url, "INSERT INTO orders VALUES (15) RETURNING id::text");
        await OkAsync(project, "check");

        // From the backup of the first timeline, over the fork.
        var list = (await project.JsonAsync("list"))["repositories"]![0]!;
        list["timelines"]!.AsArray().Select(one => (int)one!).ShouldBe([1, 2]);
        list["holes"]!.AsArray().ShouldBeEmpty();
        list["sets"]!.AsArray().ShouldAllBe(set => set!["broken"] == null);
        await HoldsAsync(project, before, 11);
        await HoldsAsync(project, after, 14);
        await HoldsAsync(project, "latest", 15);

        // From one of the second.
        await OkAsync(project, "take", "--type", "full");
        await OkAsync(project, "take");
        await OkAsync(project, "drill");
        await OkAsync(project, "verify");
        await HoldsAsync(project, before, 11);
        await HoldsAsync(project, "latest", 15);
        await SameAsPgBackRestAsync(project);
    }

    /// <summary>What is read from the files of the archive is what pgBackRest lists.</summary>
    private static async Task SameAsPgBackRestAsync(BackupProject project)
    {
        var answer = await new LocalHost(new ProcessRunner(new Redactor(), TimeProvider.System)).RunAsync(
            new HostCommand("pgbackrest", $"--config={project.Folder}/pgbackrest.conf", "--stanza=main", "--repo=1", "--log-level-file=off", "--recurse", "--output=json", "repo-ls", "archive/main") { KeepLines = int.MaxValue }, Cancel);
        var (asked, read) = (PgBackRestListing.Parse(answer.Output, SegmentBytes), ArchiveFolder.TryList(Path.Combine(project.Repository, "archive", "main"), SegmentBytes)!);
        read.Segments.Keys.ShouldBe(asked.Segments.Keys);
        foreach (var (id, segments) in asked.Segments)
            read.Segments[id].ShouldBe(segments);
        read.Histories.ShouldBe(asked.Histories, ignoreOrder: true);
        read.Histories.ShouldNotBeEmpty();
    }

    private static async Task OkAsync(BackupProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
    }

    /// <summary>Restores, and compares the newest row.</summary>
    private static async Task HoldsAsync(BackupProject project, string target, int newest)
    {
        var restored = await project.JsonAsync("restore", "--target", target);
        (await BackupProject.AskAsync(restored, "SELECT max(id), count(*) FROM orders")).ShouldBe($"{newest}|{newest}", target);
        await project.StopAsync(restored);
    }

    private static async Task<string> MomentAsync(string url) =>
        await AskAsync(url, "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");

    private static async Task<string> AskAsync(string url, string sql) => (await Psql.OutputAsync(url, sql)).Trim();
}
