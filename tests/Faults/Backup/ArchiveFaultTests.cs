using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>WAL that does not get to the repository, or not whole.</summary>
public sealed class ArchiveFaultTests(FaultyArchive archive) : IClassFixture<FaultyArchive>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task wal_that_the_queue_limit_has_dropped_is_said_at_once_though_the_server_calls_it_archived()
    {
        await archive.TakeAsync();
        await archive.ArchiveAsync("kept");
        // Smaller than one segment: each that is pushed is dropped, and the server told that it is archived.
        await archive.ArchiveByAsync("--archive-push-queue-max=1MiB");
        var dropped = await archive.WriteAsync("lost");
        await archive.ArchivedAsync(dropped);
        var list = await archive.Project.RunAsync("list");
        list.ExitCode.ShouldBe(1, list.ToString());
        list.Output.ShouldContain($"the server takes {dropped} for archived, and {archive.Project.Repository} ends at ");

        await archive.ArchiveByAsync();
        await archive.ArchiveAsync("after the hole");
        list = await archive.Project.RunAsync("list");
        list.Output.ShouldContain($"{dropped} is missing");
        list.Output.ShouldContain("nothing after that can be restored: take a full backup now");
        (await archive.Project.RunAsync("verify")).ExitCode.ShouldBe(1);
        var latest = await archive.Project.RunAsync("restore");
        latest.ExitCode.ShouldBe(2, latest.ToString());
        latest.Errors.ShouldContain($"LK5010: the newest state cannot be restored from {archive.Project.Repository}: {dropped} is missing or damaged");

        await archive.TakeAsync();
        list = await archive.Project.RunAsync("list");
        list.Output.ShouldNotContain("take a full backup now");
    }

    [Fact]
    public async Task a_segment_that_was_cut_off_is_found_by_verify_and_by_a_drill_and_what_is_before_it_can_be_restored()
    {
        await archive.TakeAsync();
        await archive.ArchiveAsync("before");
        var moment = await archive.Project.MomentAsync();
        await archive.ArchiveAsync("just after the moment");
        var cut = await archive.ArchiveAsync("in the damaged segment");
        await archive.ArchiveAsync("after it");
        var whole = await File.ReadAllBytesAsync(cut, Cancel);
        await Repositories.OverwriteAsync(cut, whole[..(whole.Length / 3)]);
        var name = Path.GetFileName(cut)[..24];

        var verify = await archive.Project.RunAsync("verify");
        verify.ExitCode.ShouldBe(1, verify.ToString());
        verify.Output.ShouldContain(name);
        // Nobody knows of it yet: PostgreSQL would end its recovery there and open without a word.
        var latest = await archive.Project.RunAsync("restore");
        latest.ExitCode.ShouldBe(3, latest.ToString());
        latest.Errors.ShouldContain($"LK5015: the log can be replayed up to {name} only, and the archive goes on after it");
        Directory.GetDirectories(Path.Combine(archive.Project.Folder, "restores")).ShouldBeEmpty("nothing half restored is left");

        var drill = await archive.Project.RunAsync("drill");
        drill.ExitCode.ShouldBe(1, drill.ToString());
        drill.Output.ShouldContain($"log: it can be replayed up to {name} only");
        var list = await archive.Project.RunAsync("list");
        list.Output.ShouldContain("the last drill failed: log: ");
        list.Output.ShouldContain($"{name} is missing", Case.Sensitive, "to the map it is as good as gone");
        latest = await archive.Project.RunAsync("restore");
        latest.ExitCode.ShouldBe(2, latest.ToString());
        latest.Errors.ShouldContain("LK5010");
        var before = await archive.Project.JsonAsync("restore", "--target", moment);
        (await BackupProject.AskAsync(before, "SELECT string_agg(DISTINCT note, ',') FROM orders WHERE note NOT LIKE 'note %' AND note IN ('before', 'just after the moment')")).ShouldBe("before");
        await archive.Project.StopAsync(before);

        await Repositories.OverwriteAsync(cut, whole);
        await archive.RequireAsync("drill");
        (await archive.Project.RunAsync("list")).Output.ShouldNotContain($"{name} is missing", Case.Sensitive, "a drill has passed over it");
    }

    [Fact]
    public async Task an_archive_command_that_fails_is_said_by_list_and_check_and_mends_by_itself()
    {
        await archive.TakeAsync();
        await archive.ArchiveByAsync("false");
        (await archive.Project.RunAsync("check")).Errors.ShouldContain("LK5002", Case.Sensitive, "another command is no failure of the declared one");
        await archive.ArchiveByAsync("--repo1-path=/proc");
        var segment = await archive.WriteAsync("waits");
        await FaultyArchive.EventuallyAsync(async () => await archive.Project.Server.ScalarAsync("postgres", "SELECT 'yes' FROM pg_stat_archiver WHERE last_failed_time > last_archived_time"));
        var list = await archive.Project.RunAsync("list");
        list.ExitCode.ShouldBe(1, list.ToString());
        list.Output.ShouldContain("archiving fails, for the last time ");
        list.Output.ShouldContain($"with {segment}: ");
        list.Output.ShouldContain(" MB free; the server's log says why");
        var check = await archive.Project.RunAsync("check");
        check.ExitCode.ShouldBe(3, check.ToString());
        check.Errors.ShouldContain("LK5004: WAL of main does not reach the repositories");
        check.Errors.ShouldContain("ARCHIVING: archiving fails");

        await archive.ArchiveByAsync();
        await archive.ArchivedAsync(segment);
        list = await archive.Project.RunAsync("list");
        list.Output.ShouldNotContain("archiving");
        await archive.RequireAsync("check");
    }

    [Fact]
    public async Task a_repository_that_is_gone_is_found_by_verify_and_is_whole_again_when_it_is_back()
    {
        await archive.TakeAsync();
        Directory.Move(archive.Project.Repository, archive.Project.Repository + ".away");
        try
        {
            var verify = await archive.Project.RunAsync("verify");
            verify.ExitCode.ShouldBe(1, verify.ToString());
            verify.Output.ShouldContain("cannot be used: ");
        }
        finally
        {
            Directory.Move(archive.Project.Repository + ".away", archive.Project.Repository);
        }

        // Holes of tests before may be in it, and what it says of them is theirs.
        var back = await archive.Project.RunAsync("verify");
        back.ToString().ShouldNotContain("cannot be used");
        await archive.RequireAsync("drill");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task a_drill_passes_on_a_server_where_nothing_was_committed_after_its_random_moment()
    {
        await archive.TakeAsync();
        await archive.ArchiveAsync("the last");
        await Task.Delay(TimeSpan.FromSeconds(5), Cancel);
        await archive.RequireAsync("check");
        var drill = await archive.Project.JsonAsync("drill");
        drill["passed"]!.GetValue<bool>().ShouldBeTrue(drill.ToJsonString());
        drill["random_moment"].ShouldNotBeNull();
    }
}
