using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.Wal;

/// <summary>What a server says of its archiving.</summary>
public sealed class ArchivingStateTests
{
    private const int SegmentBytes = 16 << 20;

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void a_failure_after_the_last_success_is_trouble_and_an_older_one_is_not()
    {
        var state = Archived(90) with { LastFailed = "000000010000000000000007", LastFailedAt = Now.AddSeconds(-30), Waiting = 3, WalBytes = 80 << 20, FreeBytes = 900 << 20 };
        state.Trouble(Minute).ShouldBe("archiving fails, for the last time 30 s ago with 000000010000000000000007: 3 files wait, and its WAL takes 80 MB of a disk that has 900 MB free; the server's log says why");
        (state with { LastFailedAt = Now.AddHours(-2) }).Trouble(10 * Minute).ShouldBeNull();
        (state with { LastArchivedAt = null, LastArchived = null }).IsFailing.ShouldBeTrue("nothing was ever archived");
        Archived(5).Trouble(Minute).ShouldBeNull();
    }

    [Fact]
    public void a_command_that_hangs_is_trouble_too()
    {
        (Archived(150) with { Waiting = 2 }).Trouble(Minute)!.ShouldStartWith("archiving is behind, for the last time it ended 2 min 30 s ago: 2 files wait");
        (Archived(150) with { Waiting = 1 }).Trouble(Minute).ShouldBeNull("one is just being pushed");
        (Archived(60) with { Waiting = 2 }).Trouble(Minute).ShouldBeNull("the archive is not late yet");
        (Archived(1) with { Waiting = 9 }).Trouble(Minute).ShouldNotBeNull("faster than it is pushed");
    }

    [Fact]
    public void what_the_server_calls_archived_must_be_in_the_listing()
    {
        Archived(5).Untrue(View(1, 6))!.ShouldContain("the server takes 000000010000000000000007 for archived, and /backups ends at 000000010000000000000006");
        Archived(5).Untrue(View(1, 7)).ShouldBeNull();
        Archived(5).Untrue(View(2, 3)).ShouldBeNull("the archive is on a newer timeline");
        (Archived(5) with { LastArchived = "00000002.history" }).Untrue(View(1, 6)).ShouldBeNull();
        Archived(5).Untrue(View(1, 6) with { Sets = [] }).ShouldBeNull("a repository that was added later");
    }

    [Fact]
    public void a_repository_whose_clock_is_not_the_servers_is_known_by_the_segment_archived_last()
    {
        Archived(0).ClockGap(View(1, 7)).ShouldBeNull();
        Archived(20).ClockGap(View(1, 7)).ShouldBeNull("pushing takes a moment");
        Archived(300).ClockGap(View(1, 7)).ShouldBe(TimeSpan.FromMinutes(5));
        Archived(-300).ClockGap(View(1, 7)).ShouldBe(TimeSpan.FromMinutes(-5));
        Archived(300).ClockGap(View(1, 6)).ShouldBeNull("another segment was archived at another time");
        (Archived(300) with { LastArchived = "00000002.history" }).ClockGap(View(1, 7)).ShouldBeNull();
    }

    private static ArchivingState Archived(int secondsAgo) => new() { Now = Now, LastArchived = "000000010000000000000007", LastArchivedAt = Now.AddSeconds(-secondsAgo) };

    private static RepositoryView View(uint timeline, ulong last) => new(
        1, "/backups", null,
        [new BackupSet { Label = "set", Kind = BackupKind.Full, Repository = 1, ArchiveId = "15-1", Started = Now, Ended = Now, DatabaseBytes = 1, CopiedBytes = 1, RepositoryBytes = 1 }],
        new WalArchive("15-1", [new ArchivedSegment(new WalSegment(timeline, last), Now, 1)], [], SegmentBytes));
}
