using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Backup;

/// <summary>From a declaration to a backup, a drill and restored copies, as a user runs it.</summary>
public sealed class RestoreTests
{
    private const string Policy = ", rpo: 1h, rto: 10m, checks: [ { name: there are orders, database: postgres, sql: \"SELECT count(*) > 0 FROM orders\" } ]";

    [Fact]
    public async Task backups_are_set_up_taken_drilled_and_restored_and_the_pass_is_nowhere()
    {
        await using var project = await BackupProject.CreateAsync(Policy, ", cipher: \"${env:CIPHER}\"");
        (await project.Server.DifferencesAsync()).ShouldBeEmpty();
        await project.SqlAsync("CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 5000) i");
        var check = await project.RunAsync("check");
        check.ExitCode.ShouldBe(0, check.ToString());
        // Whichever moment after the backup the drill picks, the table is there.
        (await project.RunAsync("beacon", "--for", "1s")).ExitCode.ShouldBe(0);

        var taken = await project.RunAsync("take");
        taken.ExitCode.ShouldBe(0, taken.ToString());
        taken.Output.ShouldContain("1 table counted and hashed");
        var never = await project.RunAsync("list");
        never.ExitCode.ShouldBe(1);
        never.Output.ShouldContain("no restore was ever tried");
        (await project.RunAsync("beacon", "--every", "200ms", "--for", "5s")).ExitCode.ShouldBe(0);
        await project.SqlAsync("INSERT INTO orders VALUES (5001, 'after the backup'); SELECT pg_switch_wal()");
        (await project.RunAsync("check")).ExitCode.ShouldBe(0);

        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());
        drill.Output.ShouldContain("manifest: 1 tables hold the same rows");
        drill.Output.ShouldContain("beacon at a random moment: ", Case.Sensitive, drill.ToString());
        drill.Output.ShouldContain("amcheck: all tables and B-tree indexes are sound");
        drill.Output.ShouldContain("full read: every row");
        drill.Output.ShouldContain("there are orders: 't'");
        drill.Output.ShouldContain("the drill passed");
        Directory.GetDirectories(Path.Combine(project.Folder, "drills")).ShouldBeEmpty("the copy is removed");

        var list = await project.RunAsync("list");
        list.ExitCode.ShouldBe(0, list.ToString());
        list.Output.ShouldContain("proven by a drill");
        (await project.RunAsync("estimate")).Output.ShouldContain("a restore would take about");

        var restored = await project.JsonAsync("restore");
        (await BackupProject.AskAsync(restored, "SELECT count(*), max(id), pg_is_in_recovery() FROM orders")).ShouldBe("5001|5001|f");
        restored["differences"]!.AsArray().ShouldBeEmpty("it was compared with the declaration");
        await project.StopAsync(restored);
        (await project.Server.Project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
        var page = await project.RunAsync("document");
        page.ExitCode.ShouldBe(0, page.ToString());
        page.Output.ShouldContain("# Disaster recovery of main");
        page.Output.ShouldContain("pgbackrest --config=");
        page.Output.ShouldContain("`${env:CIPHER}`");
        page.Output.ShouldContain("the ledger (whole up to entry ");
        page.Output.ShouldNotContain("twenty-four");
        var written = (await project.Server.Project.RunAsync("ledger", "show", "--json")).Output;
        written.ShouldContain("backup.drilled");
        written.ShouldNotContain("twenty-four");
    }

    [Fact]
    public async Task a_copy_holds_what_was_committed_at_the_moment_asked_for_and_nothing_after_it()
    {
        await using var project = await BackupProject.CreateAsync();
        await project.SqlAsync("CREATE TABLE steps (n int, at timestamptz DEFAULT clock_timestamp())");
        (await project.RunAsync("take", "--no-manifest")).ExitCode.ShouldBe(0);
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
        await project.SqlAsync("INSERT INTO steps VALUES (1)");
        await project.SqlAsync("INSERT INTO steps VALUES (2)");
        var (moment, place) = (await project.MomentAsync(), await Scalar("SELECT pg_current_wal_insert_lsn()"));
        await project.SqlAsync("SELECT pg_create_restore_point('before three')");
        await project.SqlAsync("INSERT INTO steps VALUES (3)");
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
        (await project.RunAsync("check")).ExitCode.ShouldBe(0);

        foreach (var (target, steps) in new[] { (moment, "1,2"), (place, "1,2"), ("name:before three", "1,2"), ("latest", "1,2,3") })
        {
            var restored = await project.JsonAsync("restore", "--target", target);
            restored["folder"].ShouldNotBeNull(restored.ToJsonString());
            (await BackupProject.AskAsync(restored, "SELECT string_agg(n::text, ',' ORDER BY n) FROM steps")).ShouldBe(steps, target);
            await project.StopAsync(restored);
        }

        var early = await project.RunAsync("restore", "--target", "2020-01-01T00:00:00Z");
        early.ExitCode.ShouldBe(2, early.ToString());
        early.Errors.ShouldContain("LK5010: the time 2020-01-01 00:00:00.000000+00 cannot be restored");
        early.Errors.ShouldContain("HINT: Can be restored: 20");
        var late = await project.RunAsync("restore", "--target", DateTimeOffset.UtcNow.AddHours(1).ToString("O", CultureInfo.InvariantCulture));
        late.Errors.ShouldContain("LK5010");
        (await project.RunAsync("restore", "--target", "yesterday")).Errors.ShouldContain("is not a moment to restore to");
        (await project.RunAsync("restore", "--set", "20200101-000000F")).Errors.ShouldContain("LK5009");
        Directory.CreateDirectory(Path.Combine(project.Folder, "full"));
        await File.WriteAllTextAsync(Path.Combine(project.Folder, "full", "mine"), "mine", TestContext.Current.CancellationToken);
        (await project.RunAsync("restore", "--to", Path.Combine(project.Folder, "full"))).Errors.ShouldContain("LK5011");
        File.ReadAllText(Path.Combine(project.Folder, "full", "mine")).ShouldBe("mine");

        async Task<string> Scalar(string sql) => (await project.Server.ScalarAsync("postgres", sql))!;
    }

    [Fact]
    public async Task a_restore_in_place_takes_two_confirmations_and_sets_the_files_of_before_aside()
    {
        await using var project = await BackupProject.CreateAsync();
        await project.SqlAsync("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
        (await project.RunAsync("take")).ExitCode.ShouldBe(0);
        var moment = await project.MomentAsync();
        await project.SqlAsync("DROP TABLE kept");
        (await project.RunAsync("check")).ExitCode.ShouldBe(0);
        var refused = await project.RunAsync("restore", "--in-place", "--target", moment, "--yes");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("--confirm main");
        (await project.Server.ScalarAsync("postgres", "SELECT to_regclass('kept') IS NULL")).ShouldBe("t");

        var restored = await project.RunAsync("restore", "--in-place", "--target", moment, "--yes", "--confirm", "main");
        restored.ExitCode.ShouldBe(0, restored.ToString());
        restored.Output.ShouldContain("the server runs again; its files of before are in ");
        (await project.Server.ScalarAsync("postgres", "SELECT n FROM kept")).ShouldBe("1");
        (await project.Server.ScalarAsync("postgres", "SHOW archive_mode")).ShouldBe("on");
        Directory.GetDirectories(Path.GetDirectoryName(project.Data)!, "data.before-*").Length.ShouldBe(1);
        // The new timeline is archived, and the next backup and restore work.
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        (await project.JsonAsync("list"))["repositories"]![0]!["timelines"]!.AsArray().Count.ShouldBe(2);
        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());
    }
}
