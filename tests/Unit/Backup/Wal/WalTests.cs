using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Backup.Wal;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.Wal;

/// <summary>Names of segments, places in the log, timelines.</summary>
public sealed class WalTests
{
    private const int Megabytes16 = 16 << 20;

    [Theory]
    [InlineData("000000010000000000000001", Megabytes16, 1u, 1ul)]
    [InlineData("0000000200000001000000FF", Megabytes16, 2u, 511ul)]
    [InlineData("000000010000000100000003", 1 << 30, 1u, 7ul)]
    public void the_name_of_a_segment_is_read_by_its_size(string name, int bytes, uint timeline, ulong number)
    {
        WalSegment.TryParse(name, bytes, out var segment).ShouldBeTrue();
        segment.ShouldBe(new WalSegment(timeline, number));
        segment.Name(bytes).ShouldBe(name);
    }

    [Theory]
    [InlineData("00000001000000000000000")]
    [InlineData("000000000000000000000001")]
    [InlineData("0000000100000000000001FF")]
    [InlineData("0000000g0000000000000001")]
    [InlineData("archive.info")]
    public void what_is_no_segment_is_not_taken_for_one(string name) => WalSegment.TryParse(name, Megabytes16, out _).ShouldBeFalse();

    [Fact]
    public void a_segment_holds_the_place_that_it_begins_with() => Prop.ForAll(
        ArbMap.Default.ArbFor<uint>(), ArbMap.Default.ArbFor<uint>(), Gen.Elements(1 << 20, Megabytes16, 1 << 30).ToArbitrary(), (high, low, bytes) =>
        {
            var lsn = new Lsn(((ulong)high << 32) | low);
            var segment = WalSegment.At(1, lsn, bytes);
            return Lsn.TryParse(lsn.ToString(), out var read) && read == lsn && segment.Start(bytes) <= lsn && lsn.Value - segment.Start(bytes).Value < (ulong)bytes
                && WalSegment.TryParse(segment.Name(bytes), bytes, out var again) && again == segment;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void the_way_to_a_timeline_takes_each_ancestor_up_to_its_fork()
    {
        var history = TimelineHistory.Parse(3, "1\t0/3000100\tno recovery target specified\n\n2\t0/5000000\tbefore 2026-11-22\n# by hand\n");
        history.Ancestors.Count.ShouldBe(2);
        var archive = new WalArchive("15-1", [], [history], Megabytes16);
        archive.PathTo(3).Parts.ShouldBe([new WalPathPart(1, 0, 3), new WalPathPart(2, 3, 5), new WalPathPart(3, 5, ulong.MaxValue)]);
        archive.NewestTimeline.ShouldBe(3u);
        // Timeline 4 left 3 within the segment that 3 had begun in: nothing of 3 is on the way.
        new WalArchive("15-1", [], [TimelineHistory.Parse(4, "1\t0/3000100\ta\n3\t0/3000200\tb")], Megabytes16).PathTo(4).Parts.ShouldBe([new WalPathPart(1, 0, 3), new WalPathPart(4, 3, ulong.MaxValue)]);
    }

    [Theory]
    [InlineData("1 nowhere x")]
    [InlineData("3\t0/1\tits own parent")]
    [InlineData("2\t0/1\tx\n1\t0/2\tout of order")]
    public void a_history_that_is_none_is_refused(string text) => Should.Throw<FormatException>(() => TimelineHistory.Parse(3, text));
}
