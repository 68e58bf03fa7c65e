namespace Lockkeeper.Backup.Wal;

/// <summary>Segments of a path without a hole between them.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
/// <param name="Segments">How many there are.</param>
/// <param name="Bytes">How much room they take.</param>
internal sealed record WalRange(ArchivedSegment First, ArchivedSegment Last, long Segments, long Bytes)
{
    /// <summary>When the newest of them was archived; not the last one, when the clock went back.</summary>
    public DateTimeOffset Newest { get; init; } = Last.At;

    /// <summary>The ranges of a path: each hole ends one.</summary>
    public static IReadOnlyList<WalRange> Of(WalArchive archive, WalPath path)
    {
        var ranges = new List<WalRange>();
        foreach (var one in archive.On(path))
        {
            // On a path the numbers go on over forks, so one number more is the neighbour whatever its timeline.
            if (ranges.Count > 0 && one.Segment.Number == ranges[^1].Last.Segment.Number + 1)
                ranges[^1] = ranges[^1] with { Last = one, Segments = ranges[^1].Segments + 1, Bytes = ranges[^1].Bytes + one.Bytes, Newest = one.At > ranges[^1].Newest ? one.At : ranges[^1].Newest };
            else
                ranges.Add(new WalRange(one, one, 1, one.Bytes));
        }

        return ranges;
    }
}
