namespace Lockkeeper.Backup.Wal;

/// <summary>
/// A recovery to a time that ended in a segment which had been archived before that time. The server ends it at the first commit that is dated after the time; with clocks that agree, the segment which
/// holds that commit is archived after it. So the clock of the server was ahead of the repository's there, and what was committed later, by a clock that had been set back, is missing.
/// </summary>
/// <param name="Segment">The name of the segment.</param>
/// <param name="At">When it was archived.</param>
internal sealed record EarlyEnd(string Segment, DateTimeOffset At)
{
    /// <summary>The record that ended it follows the last that was replayed, and may begin in the next segment: more than the longest commit record is usual.</summary>
    private const ulong RoomOfRecord = 64 << 10;

    /// <summary>Looks for one.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="timeline">The timeline that was followed.</param>
    /// <param name="end">The place after the last record that was replayed.</param>
    /// <param name="moment">The time that was asked for.</param>
    /// <returns>Null when there is none, or nobody can tell.</returns>
    public static EarlyEnd? Of(WalArchive archive, uint timeline, Lsn end, DateTimeOffset moment)
    {
        var number = (end.Value + RoomOfRecord) / (ulong)archive.SegmentBytes;
        return archive.On(archive.PathTo(timeline)).FirstOrDefault(one => one.Segment.Number == number) is { } segment && moment - segment.At > ArchivingState.Apart
            ? new EarlyEnd(segment.Segment.Name(archive.SegmentBytes), segment.At)
            : null;
    }
}
