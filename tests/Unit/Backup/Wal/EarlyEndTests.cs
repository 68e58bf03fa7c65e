using Lockkeeper.Backup.Wal;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.Wal;

/// <summary>Recovery to a time that ended before it.</summary>
public sealed class EarlyEndTests
{
    private const int SegmentBytes = 16 << 20;

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Segment n was archived in minute n.</summary>
    private static readonly WalArchive Archive = new("15-1", [.. Enumerable.Range(1, 9).Select(n => new ArchivedSegment(new WalSegment(1, (ulong)n), Minute(n), SegmentBytes))], [], SegmentBytes);

    [Fact]
    public void a_segment_that_was_archived_after_the_time_may_hold_the_commit_that_ended_it()
    {
        EarlyEnd.Of(Archive, 1, In(5), Minute(4).AddSeconds(30)).ShouldBeNull();
        EarlyEnd.Of(Archive, 1, In(5), Minute(5)).ShouldBeNull();
        EarlyEnd.Of(Archive, 1, In(5), Minute(5).AddSeconds(20)).ShouldBeNull("clocks differ by that much everywhere");
    }

    [Fact]
    public void one_that_was_archived_before_it_cannot() => EarlyEnd.Of(Archive, 1, In(5), Minute(7)).ShouldBe(new EarlyEnd("000000010000000000000005", Minute(5)));

    [Fact]
    public void at_the_end_of_a_segment_the_record_that_ended_it_may_be_in_the_next()
    {
        var end = new Lsn((6UL * SegmentBytes) - 100);
        EarlyEnd.Of(Archive, 1, end, Minute(6)).ShouldBeNull();
        EarlyEnd.Of(Archive, 1, end, Minute(8))!.Segment.ShouldBe("000000010000000000000006");
    }

    [Fact]
    public void of_a_segment_that_is_not_archived_nobody_can_tell() => EarlyEnd.Of(Archive, 1, In(12), Minute(60)).ShouldBeNull();

    private static DateTimeOffset Minute(int n) => Start.AddMinutes(n);

    private static Lsn In(int segment) => new(((ulong)segment * SegmentBytes) + 1000);
}
