namespace Lockkeeper.Backup.Wal;

/// <summary>A segment that is in an archive.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="At">When it was archived: by then all that is in it had happened.</param>
/// <param name="Bytes">How much room it takes.</param>
internal sealed record ArchivedSegment(WalSegment Segment, DateTimeOffset At, long Bytes);

/// <summary>What an archive holds by its own listing. Nothing is taken from what the program that wrote it says about it.</summary>
/// <param name="Id">The archive's id, such as <c>15-1</c>.</param>
/// <param name="Segments">The segments, in the order of timeline and place; none twice.</param>
/// <param name="Histories">The timelines that fork off another one.</param>
/// <param name="SegmentBytes">The size of a segment.</param>
internal sealed record WalArchive(string Id, IReadOnlyList<ArchivedSegment> Segments, IReadOnlyList<TimelineHistory> Histories, int SegmentBytes)
{
    /// <summary>The newest timeline.</summary>
    public uint NewestTimeline => Math.Max(Histories.Count == 0 ? 0 : Histories.Max(one => one.Timeline), Segments.Count == 0 ? 1 : Segments[^1].Segment.Timeline);

    /// <summary>The way of the log to a timeline: its ancestors' parts, then its own. A segment in which a fork lies belongs to the newer one, which has a copy of the older one's part of it.</summary>
    /// <param name="timeline">The timeline at the end.</param>
    public WalPath PathTo(uint timeline)
    {
        var parts = new List<WalPathPart>();
        var from = 0UL;
        foreach (var fork in Histories.FirstOrDefault(one => one.Timeline == timeline)?.Ancestors ?? [])
        {
            var end = fork.At.Value / (ulong)SegmentBytes;
            // A timeline that was left within the segment that it began in has no segment of its own.
            if (end > from)
                parts.Add(new WalPathPart(fork.Parent, from, end));
            from = Math.Max(from, end);
        }

        parts.Add(new WalPathPart(timeline, from, ulong.MaxValue));
        return new WalPath(parts);
    }

    /// <summary>The archived segments on a path, in its order.</summary>
    public IEnumerable<ArchivedSegment> On(WalPath path) => path.Parts.SelectMany(part => Of(part.Timeline).Where(one => one.Segment.Number >= part.From && one.Segment.Number < part.Before));

    private IEnumerable<ArchivedSegment> Of(uint timeline)
    {
        var (low, high) = (0, Segments.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Segments[middle].Segment.Timeline < timeline ? (middle + 1, high) : (low, middle);
        }

        for (var i = low; i < Segments.Count && Segments[i].Segment.Timeline == timeline; i++)
            yield return Segments[i];
    }
}

/// <summary>A way through timelines.</summary>
/// <param name="Parts">Its parts, the oldest first.</param>
internal sealed record WalPath(IReadOnlyList<WalPathPart> Parts)
{
    /// <summary>Whether a segment is on it.</summary>
    public bool Has(WalSegment segment) => Parts.Any(part => part.Timeline == segment.Timeline && segment.Number >= part.From && segment.Number < part.Before);
}

/// <summary>The part of a way on one timeline.</summary>
/// <param name="Timeline">The timeline.</param>
/// <param name="From">The number of its first segment.</param>
/// <param name="Before">The number of the first segment that is no more its own.</param>
internal sealed record WalPathPart(uint Timeline, ulong From, ulong Before);
