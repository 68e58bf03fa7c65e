using Lockkeeper.Backup.Sets;
using Lockkeeper.Backup.Wal;

namespace Lockkeeper.Backup.Recoverability;

/// <summary>Whether a moment can be restored.</summary>
internal enum RecoverableState
{
    /// <summary>A drill has restored a set and its WAL past this moment.</summary>
    Proven,

    /// <summary>There is a set and WAL without a hole up to this moment, by the archive's own listing.</summary>
    Claimed,

    /// <summary>It cannot be restored.</summary>
    Broken,

    /// <summary>It is not in the archive yet.</summary>
    NotArchived,
}

/// <summary>A stretch of time in which all moments are alike.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end.</param>
/// <param name="State">Whether its moments can be restored.</param>
/// <param name="Set">The newest set that they are restored from; null for none.</param>
/// <param name="Why">In words, for people.</param>
internal sealed record RecoverableSpan(DateTimeOffset From, DateTimeOffset To, RecoverableState State, string? Set, string Why);

/// <summary>What a drill has shown.</summary>
/// <param name="Set">The set that it restored.</param>
/// <param name="At">When it was held.</param>
/// <param name="ReachedUntil">The newest moment that the copy held; null when it failed.</param>
/// <param name="Failure">Why it failed; null when it passed.</param>
/// <param name="DamagedSegment">The name of the archived segment that could not be replayed, when nothing else was wrong: the set itself is whole then; null for none.</param>
internal sealed record DrillEvidence(string Set, DateTimeOffset At, DateTimeOffset? ReachedUntil, string? Failure, string? DamagedSegment = null);

/// <summary>Which moments can be restored, from the sets, the archive's listing and the drills. A pure function: nothing is asked and nothing believed.</summary>
/// <param name="Spans">The stretches, the oldest first, without a gap between them.</param>
/// <param name="Holes">Where segments are missing on the way to the newest timeline.</param>
/// <param name="BrokenSets">Sets that cannot be restored, with the reason.</param>
/// <param name="Ends">The last segment that an unbroken way leads to, by the sets that can be restored.</param>
internal sealed record RecoverabilityMap(IReadOnlyList<RecoverableSpan> Spans, IReadOnlyList<WalHole> Holes, IReadOnlyDictionary<string, string> BrokenSets, IReadOnlyDictionary<string, ArchivedSegment> Ends)
{
    /// <summary>Makes the map of a repository.</summary>
    /// <param name="sets">Its sets.</param>
    /// <param name="archive">Its archive of the server's present version.</param>
    /// <param name="drills">What was tried.</param>
    /// <param name="now">The time.</param>
    public static RecoverabilityMap Of(IReadOnlyList<BackupSet> sets, WalArchive archive, IReadOnlyList<DrillEvidence> drills, DateTimeOffset now)
    {
        var damaged = Damaged(sets, archive, drills);
        if (damaged.Count > 0)
            archive = archive with { Segments = [.. archive.Segments.Where(one => !damaged.Contains(one.Segment))] };
        // A clock that is behind that of the archive's host says nothing about what is archived.
        now = archive.Segments.Count == 0 ? now : Later(now, archive.Segments.Max(one => one.At));
        var path = archive.PathTo(archive.NewestTimeline);
        var ranges = WalRange.Of(archive, path);
        var broken = new Dictionary<string, string>(StringComparer.Ordinal);
        var covered = new List<(BackupSet Set, DateTimeOffset Until, WalRange Range)>();
        foreach (var set in sets.OrderBy(one => one.Ended))
        {
            if (WhyNot(set, archive, path, ranges, broken, drills) is { } why)
                broken[set.Label] = why;
            else
                covered.Add((set, RangeOf(set, ranges)!.Newest, RangeOf(set, ranges)!));
        }

        return new RecoverabilityMap(SpansOf(sets, covered, ranges, drills, now), HolesOf(ranges, archive.SegmentBytes), broken, covered.ToDictionary(one => one.Set.Label, one => one.Range.Last, StringComparer.Ordinal)) { ClockSteps = ClockStep.Of(archive.On(path), archive.SegmentBytes) };
    }

    /// <summary>Where the clock went back on the way to the newest timeline.</summary>
    public IReadOnlyList<ClockStep> ClockSteps { get; init; } = [];

    /// <summary>Segments that are there and that a drill could not replay, as long as no later drill has passed over them: to the map they are as good as gone.</summary>
    private static HashSet<WalSegment> Damaged(IReadOnlyList<BackupSet> sets, WalArchive archive, IReadOnlyList<DrillEvidence> drills)
    {
        var damaged = new HashSet<WalSegment>();
        foreach (var drill in drills)
        {
            if (WalSegment.TryParse(drill.DamagedSegment, archive.SegmentBytes, out var segment) && !drills.Any(later => later.At > drill.At && later.Failure is null && sets.Any(set => set.Label == later.Set && set.FirstSegment?.Number <= segment.Number)))
                damaged.Add(segment);
        }

        return damaged;
    }

    /// <summary>The newest moment that is claimed or proven; null for none.</summary>
    public DateTimeOffset? Newest => Spans.Where(span => span.State is RecoverableState.Proven or RecoverableState.Claimed).Select(span => (DateTimeOffset?)span.To).LastOrDefault();

    /// <summary>The state of a moment; null when it lies outside of all of them. Where two stretches meet, the one that can be restored counts.</summary>
    public RecoverableSpan? At(DateTimeOffset moment)
    {
        var here = Spans.Where(span => span.From <= moment && moment <= span.To).ToList();
        return here.FirstOrDefault(span => span.State is RecoverableState.Proven or RecoverableState.Claimed) ?? here.LastOrDefault();
    }

    /// <summary>The first hole on the way from a set to the newest state; null when there is none.</summary>
    public WalHole? HoleAfter(string set, int segmentBytes) => Holes.FirstOrDefault(hole => !Ends.TryGetValue(set, out var end) || LiesAfter(hole, end, segmentBytes));

    /// <summary>The holes that no set was taken after which can be restored. Places in the log decide: a hole and the set that mends it may lie within one second.</summary>
    public IEnumerable<WalHole> HolesWithoutLaterSet(int segmentBytes) => Holes.Where(hole => Ends.Values.All(end => LiesAfter(hole, end, segmentBytes)));

    // The number of a segment, without its timeline, goes on over forks.
    private static bool LiesAfter(WalHole hole, ArchivedSegment end, int segmentBytes) => string.CompareOrdinal(hole.First[8..], end.Segment.Name(segmentBytes)[8..]) > 0;

    private static string? WhyNot(BackupSet set, WalArchive archive, WalPath path, IReadOnlyList<WalRange> ranges, IReadOnlyDictionary<string, string> broken, IReadOnlyList<DrillEvidence> drills)
    {
        if (set.Needs.FirstOrDefault(broken.ContainsKey) is { } needed)
            return $"it needs {needed}, which cannot be restored";
        if (set.ArchiveId != archive.Id || set.FirstSegment is not { } first || set.LastSegment is not { } last || set.Stop is not { } stop)
            return $"its WAL is not in the archive {archive.Id}";
        var part = path.Parts.FirstOrDefault(one => one.Timeline == last.Timeline);
        // A set of a timeline that was left before it ended belongs to another history.
        if (part is null || (part.Before != ulong.MaxValue && Fork(archive, last.Timeline) is { } fork && stop > fork))
        {
            return archive.Histories.Any(one => one.Timeline == archive.NewestTimeline)
                ? $"it is on timeline {last.Timeline}, past the place where the present history left it"
                : $"it is on timeline {last.Timeline}, and the history of timeline {archive.NewestTimeline} is not in the archive: the server archived nothing when it was promoted";
        }

        if (RangeOf(set, ranges) is not { } range)
            return $"{first.Name(archive.SegmentBytes)}, the first segment that it needs, is not in the archive";
        if (range.Last.Segment.Number < last.Number)
            return $"{new WalSegment(last.Timeline, range.Last.Segment.Number + 1).Name(archive.SegmentBytes)}, which it needs to be consistent, is not in the archive";
        return drills.Where(drill => drill.Set == set.Label).MaxBy(drill => drill.At) is { Failure: { } failure, DamagedSegment: null } ? $"its last drill failed: {failure}" : null;
    }

    private static Lsn? Fork(WalArchive archive, uint timeline) =>
        archive.Histories.FirstOrDefault(one => one.Timeline == archive.NewestTimeline)?.Ancestors.FirstOrDefault(fork => fork.Parent == timeline)?.At;

    private static WalRange? RangeOf(BackupSet set, IReadOnlyList<WalRange> ranges) =>
        ranges.FirstOrDefault(range => range.First.Segment.Number <= set.FirstSegment!.Value.Number && range.Last.Segment.Number >= set.FirstSegment.Value.Number);

    private static List<RecoverableSpan> SpansOf(IReadOnlyList<BackupSet> sets, IReadOnlyList<(BackupSet Set, DateTimeOffset Until, WalRange Range)> covered, IReadOnlyList<WalRange> ranges, IReadOnlyList<DrillEvidence> drills, DateTimeOffset now)
    {
        if (sets.Count == 0)
            return [];
        var passed = drills.Where(drill => drill.Failure is null && drill.ReachedUntil is not null).ToList();
        var archived = ranges.Count == 0 ? sets.Max(set => set.Ended) : Later(ranges[^1].Newest, sets.Max(set => set.Ended));
        // Between two of these moments nothing changes.
        var edges = sets.Select(set => set.Ended).Concat(covered.Select(one => one.Until)).Concat(passed.Select(drill => drill.ReachedUntil!.Value)).Append(archived).Append(now)
            .Where(edge => edge <= now).Distinct().Order().ToList();
        var spans = new List<RecoverableSpan>();
        foreach (var (from, to) in edges.Zip(edges.Skip(1)))
        {
            var next = Span(from, to, archived, covered, passed);
            if (spans.Count > 0 && spans[^1].State == next.State && spans[^1].Why == next.Why)
                spans[^1] = spans[^1] with { To = to, Set = next.Set };
            else
                spans.Add(next);
        }

        return spans;
    }

    private static RecoverableSpan Span(DateTimeOffset from, DateTimeOffset to, DateTimeOffset archived, IReadOnlyList<(BackupSet Set, DateTimeOffset Until, WalRange Range)> covered, IReadOnlyList<DrillEvidence> passed)
    {
        if (from >= archived)
            return new RecoverableSpan(from, to, RecoverableState.NotArchived, null, "not archived yet");
        var able = covered.Where(one => one.Set.Ended <= from && one.Until >= to).ToList();
        if (able.Count == 0)
            return new RecoverableSpan(from, to, RecoverableState.Broken, null, covered.Any(one => one.Set.Ended <= from) ? "a hole in the WAL" : "no set that can be restored");
        var proven = able.LastOrDefault(one => passed.Any(drill => drill.Set == one.Set.Label && drill.ReachedUntil >= to));
        return proven.Set is null
            ? new RecoverableSpan(from, to, RecoverableState.Claimed, able[^1].Set.Label, "a set and WAL without a hole")
            : new RecoverableSpan(from, to, RecoverableState.Proven, proven.Set.Label, "restored by a drill");
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static List<WalHole> HolesOf(IReadOnlyList<WalRange> ranges, int segmentBytes) =>
        [.. ranges.Zip(ranges.Skip(1)).Select(pair => new WalHole(
            new WalSegment(pair.Second.First.Segment.Timeline, pair.First.Last.Segment.Number + 1).Name(segmentBytes),
            (long)(pair.Second.First.Segment.Number - pair.First.Last.Segment.Number - 1), pair.First.Last.At, pair.Second.First.At))];
}

/// <summary>Segments that are missing between two that are there.</summary>
/// <param name="First">The name of the first.</param>
/// <param name="Segments">How many.</param>
/// <param name="From">When the segment before it was archived.</param>
/// <param name="To">When the segment after it was archived.</param>
internal sealed record WalHole(string First, long Segments, DateTimeOffset From, DateTimeOffset To);
