namespace Lockkeeper.Backup.Wal;

/// <summary>A place of the log at which the clock went back: the times between are there twice, so that a time does not name one moment.</summary>
/// <param name="Segment">The name of the first segment after it.</param>
/// <param name="From">The time that the clock went back to.</param>
/// <param name="To">The time that it went back from.</param>
internal sealed record ClockStep(string Segment, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Several programs archive at once, and one of them may be late by some seconds.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>The steps of a way through the log.</summary>
    /// <param name="segments">The segments in its order.</param>
    /// <param name="segmentBytes">The size of a segment.</param>
    public static IReadOnlyList<ClockStep> Of(IEnumerable<ArchivedSegment> segments, int segmentBytes)
    {
        var steps = new List<ClockStep>();
        ArchivedSegment? before = null;
        foreach (var one in segments)
        {
            if (before is not null && before.At - one.At > Least)
                steps.Add(new ClockStep(one.Segment.Name(segmentBytes), one.At, before.At));
            before = one;
        }

        return steps;
    }

    /// <summary>Whether a time is there twice because of it.</summary>
    public bool Doubles(DateTimeOffset time) => From <= time && time <= To;
}
