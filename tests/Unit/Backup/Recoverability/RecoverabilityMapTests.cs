using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Verbs;
using Lockkeeper.Backup.Wal;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.Recoverability;

/// <summary>Which moments can be restored. Segment N is archived at minute N.</summary>
public sealed class RecoverabilityMapTests
{
    private const int SegmentBytes = 16 << 20;

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void from_the_end_of_the_first_set_to_the_last_segment_all_is_claimed_and_then_not_archived()
    {
        var map = Map([Set(3)], Archive(1, 1, 10), now: 12);
        Words(map).ShouldBe("3-10 claimed, 10-12 not archived");
        map.Newest.ShouldBe(Minute(10));
        map.Holes.ShouldBeEmpty();
    }

    [Fact]
    public void a_hole_ends_what_can_be_restored_until_the_next_set()
    {
        var map = Map([Set(3), Set(8)], Archive(1, 1, 5, 7, 10), now: 10);
        Words(map).ShouldBe("3-5 claimed, 5-8 broken, 8-10 claimed");
        map.Holes.ShouldHaveSingleItem().ShouldBe(new WalHole("000000010000000000000006", 1, Minute(5), Minute(7)));
        map.At(Minute(6))!.Why.ShouldBe("a hole in the WAL");
    }

    [Fact]
    public void a_set_whose_own_segments_are_missing_is_broken_and_so_is_what_needs_it()
    {
        var full = Set(3) with { LastSegment = new WalSegment(1, 4) };
        var map = Map([full, Set(8) with { Needs = [full.Label] }], Archive(1, 1, 3, 5, 10), now: 10);
        map.BrokenSets[full.Label].ShouldContain("000000010000000000000004, which it needs to be consistent");
        map.BrokenSets["set8"].ShouldContain($"it needs {full.Label}");
        Words(map).ShouldBe("3-10 broken");
        map.Newest.ShouldBeNull();
    }

    [Fact]
    public void what_a_drill_has_reached_is_proven_and_a_set_whose_last_drill_failed_is_broken()
    {
        var sets = new[] { Set(2), Set(6) };
        Words(Map(sets, Archive(1, 1, 10), 10, new DrillEvidence("set2", Minute(5), Minute(4), null))).ShouldBe("2-4 proven, 4-10 claimed");
        Words(Map(sets, Archive(1, 1, 10), 10, new DrillEvidence("set6", Minute(9), null, "amcheck: broken"))).ShouldBe("2-10 claimed");
        var both = Map(sets, Archive(1, 1, 10), 10, new DrillEvidence("set6", Minute(9), null, "x"), new DrillEvidence("set2", Minute(9), null, "x"));
        Words(both).ShouldBe("2-10 broken");
        Words(Map(sets, Archive(1, 1, 10), 10, new DrillEvidence("set6", Minute(8), null, "x"), new DrillEvidence("set6", Minute(9), Minute(9), null))).ShouldBe("2-6 claimed, 6-9 proven, 9-10 claimed");
    }

    [Fact]
    public void where_the_clock_went_back_times_are_there_twice_and_late_programs_do_not_count()
    {
        var archive = Archive(1, 1, 10);
        // From segment 7 on the clock is half an hour behind; segment 4 came a few seconds before segment 3.
        var moved = archive with { Segments = [.. archive.Segments.Select(one => one.Segment.Number >= 7 ? one with { At = one.At.AddMinutes(-30) } : one.Segment.Number == 3 ? one with { At = one.At.AddSeconds(70) } : one)] };
        var map = Map([Set(2)], moved, now: 12);
        map.ClockSteps.ShouldHaveSingleItem().ShouldBe(new ClockStep("000000010000000000000007", Minute(7).AddMinutes(-30), Minute(6)));
        // What was archived before it can still be restored.
        Words(map).ShouldBe("2-6 claimed, 6-12 not archived");
        map.ClockSteps[0].Doubles(Minute(0)).ShouldBeTrue();
        map.ClockSteps[0].Doubles(Minute(7)).ShouldBeFalse();
        Map([Set(2)], archive, now: 12).ClockSteps.ShouldBeEmpty();
    }

    [Fact]
    public void a_segment_that_a_drill_could_not_replay_is_a_hole_until_a_later_drill_has_passed_over_it()
    {
        var sets = new[] { Set(3), Set(8) };
        var damaged = new DrillEvidence("set3", Minute(9), Minute(5), "log: it can be replayed up to 6 only", "000000010000000000000006");
        var map = Map(sets, Archive(1, 1, 10), 10, damaged);
        Words(map).ShouldBe("3-5 claimed, 5-8 broken, 8-10 claimed");
        map.BrokenSets.ShouldBeEmpty("the set itself is whole");
        map.HoleAfter("set3", SegmentBytes)!.First.ShouldBe("000000010000000000000006");
        map.HoleAfter("set8", SegmentBytes).ShouldBeNull();
        map.Ends["set3"].Segment.Number.ShouldBe(5UL);
        Words(Map(sets, Archive(1, 1, 10), 10, damaged, new DrillEvidence("set8", Minute(10), Minute(10), null))).ShouldBe("3-5 claimed, 5-8 broken, 8-10 proven", "it began after that segment");
        Words(Map(sets, Archive(1, 1, 10), 10, damaged, new DrillEvidence("set3", Minute(10), Minute(10), null))).ShouldBe("3-10 proven");
    }

    [Fact]
    public void a_hole_is_mended_by_a_set_that_lies_after_it_in_the_log_whatever_their_times_say()
    {
        // Times of sets are whole seconds, rounded up: this one counts as younger than the segment after the hole.
        var before = Set(5) with { Ended = Minute(8) };
        Map([before], Archive(1, 1, 5, 7, 10), now: 10).HolesWithoutLaterSet(SegmentBytes).ShouldHaveSingleItem().First.ShouldBe("000000010000000000000006");
        Map([before, Set(7) with { Ended = Minute(6) }], Archive(1, 1, 5, 7, 10), now: 10).HolesWithoutLaterSet(SegmentBytes).ShouldBeEmpty();
        var broken = Set(7) with { LastSegment = new WalSegment(1, 11) };
        Map([before, broken], Archive(1, 1, 5, 7, 10), now: 10).HolesWithoutLaterSet(SegmentBytes).ShouldHaveSingleItem("a set that cannot be restored mends nothing");
    }

    [Fact]
    public void where_two_stretches_meet_the_one_that_can_be_restored_counts()
    {
        var map = Map([Set(3), Set(8)], Archive(1, 1, 5, 7, 10), now: 10);
        map.At(Minute(5))!.State.ShouldBe(RecoverableState.Claimed);
        map.At(Minute(8))!.State.ShouldBe(RecoverableState.Claimed);
        map.At(Minute(2)).ShouldBeNull();
        map.At(Minute(11)).ShouldBeNull();
    }

    [Fact]
    public void a_clock_that_is_behind_hides_nothing_of_what_is_archived() => Words(Map([Set(3)], Archive(1, 1, 10), now: 1)).ShouldBe("3-10 claimed");

    [Fact]
    public void after_a_promotion_the_way_goes_over_the_fork_and_the_old_timelines_rest_is_no_hole()
    {
        // Timeline 2 left 1 within segment 5; 1 went on to 7 and was given up.
        var history = TimelineHistory.Parse(2, "1\t0/5000100\tpromoted");
        var archive = new WalArchive("15-1", [.. Segments(1, 1, 7), .. Segments(2, 5, 10)], [history], SegmentBytes);
        var map = RecoverabilityMap.Of([Set(3), Set(6)], archive, [], Minute(10));
        map.Holes.ShouldBeEmpty();
        map.BrokenSets["set6"].ShouldContain("past the place where the present history left it");
        Words(map).ShouldBe("3-10 claimed");
    }

    [Fact]
    public void without_a_set_there_is_no_map_and_without_wal_nothing_can_be_restored()
    {
        Map([], Archive(1, 1, 5), 6).Spans.ShouldBeEmpty();
        Words(Map([Set(3)], new WalArchive("15-1", [], [], SegmentBytes), 6)).ShouldBe("3-6 not archived");
    }

    [Fact]
    public void the_bar_shows_the_worst_of_each_piece() =>
        BackupText.Bar(Map([Set(0), Set(40)], Archive(1, 0, 20, 22, 60), 60)).ShouldBe(new string('▒', 20) + new string('x', 20) + new string('▒', 20));

    [Fact]
    public void five_hundred_sets_and_a_hundred_thousand_segments_make_one_map()
    {
        var map = Map([.. Enumerable.Range(1, 500).Select(n => Set(n * 200))], Archive(1, 1, 100_000), 100_000);
        Words(map).ShouldBe("200-100000 claimed");
    }

    private static RecoverabilityMap Map(IReadOnlyList<BackupSet> sets, WalArchive archive, int now, params IReadOnlyList<DrillEvidence> drills) => RecoverabilityMap.Of(sets, archive, drills, Minute(now));

    private static DateTimeOffset Minute(int minute) => Start.AddMinutes(minute);

    /// <summary>From pairs of first and last numbers.</summary>
    private static WalArchive Archive(uint timeline, params int[] ranges) => new("15-1", [.. ranges.Chunk(2).SelectMany(range => Segments(timeline, range[0], range[1]))], [], SegmentBytes);

    private static IEnumerable<ArchivedSegment> Segments(uint timeline, int first, int last) => Enumerable.Range(first, last - first + 1).Select(n => new ArchivedSegment(new WalSegment(timeline, (ulong)n), Minute(n), 100));

    private static BackupSet Set(int minute) => new()
    {
        Label = $"set{minute}",
        Kind = BackupKind.Full,
        Repository = 1,
        ArchiveId = "15-1",
        Started = Minute(minute),
        Ended = Minute(minute),
        Start = new Lsn((ulong)minute * SegmentBytes),
        Stop = new Lsn(((ulong)minute * SegmentBytes) + 100),
        FirstSegment = new WalSegment(1, (ulong)minute),
        LastSegment = new WalSegment(1, (ulong)minute),
        DatabaseBytes = 1000,
        CopiedBytes = 1000,
        RepositoryBytes = 100,
    };

    private static string Words(RecoverabilityMap map) => string.Join(", ", map.Spans.Select(span => $"{(span.From - Start).TotalMinutes}-{(span.To - Start).TotalMinutes} {BackupText.State(span.State)}"));
}
