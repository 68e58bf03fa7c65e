using Lockkeeper.Backup.Drills;
using Lockkeeper.Backup.Wal;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.Restoring;

/// <summary>How a replay ended.</summary>
/// <param name="State">Where the copy is.</param>
/// <param name="IsAtEnd">Whether it has replayed all that it could get and has opened by itself.</param>
/// <param name="Damaged">The archived segment that it could not replay, though the archive goes on; null when it has all that there is.</param>
internal sealed record Replayed(CopyState State, bool IsAtEnd, WalSegment? Damaged);

/// <summary>
/// Replays the log of a copy to a target, and holds the end of it against the archive's listing: to PostgreSQL a segment that cannot be fetched, whatever the reason, is the end of the log, and it opens there
/// without a word.
/// </summary>
/// <param name="copy">The copy.</param>
/// <param name="times">Times starting and replaying.</param>
/// <param name="progress">Hears how far it is.</param>
/// <param name="limit">How long replaying may take.</param>
/// <param name="segmentBytes">The size of a segment.</param>
internal sealed class Replay(RestoredServer copy, PhaseTimes times, IProgressSink progress, TimeSpan limit, int segmentBytes)
{
    /// <summary>Starts the copy and replays.</summary>
    /// <param name="to">Where to; null for the end of the archive.</param>
    /// <param name="timeline">The timeline to follow; null for the newest.</param>
    /// <param name="archived">The last segment that an unbroken way leads to; null when that is not known.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">The copy does not start, or the archive ends before the target.</exception>
    public async Task<Replayed> ToAsync(RecoveryTarget? to, string? timeline, ArchivedSegment? archived, CancellationToken cancel)
    {
        if (to is null)
            return await ToEndAsync(timeline, archived, cancel);
        try
        {
            return new Replayed(await StartAsync(to, timeline, cancel), false, null);
        }
        catch (LockkeeperException e) when (e.Code == BackupErrors.NotReached && to.Moment <= archived?.At)
        {
            // PostgreSQL stops at the first commit after a time, and fails without one. Here the archive reaches past that time, so that all that there is was committed before it.
            await copy.StopAsync(cancel);
            return await ToEndAsync(timeline, archived, cancel);
        }
    }

    private async Task<Replayed> ToEndAsync(string? timeline, ArchivedSegment? archived, CancellationToken cancel)
    {
        var state = await StartAsync(null, timeline, cancel);
        var end = await copy.EndOfLogAsync(cancel);
        // The first record of a segment is past its first byte. The segment that holds the end is the one that could not be read on, or the next one was not there.
        var isShort = archived is not null && end is { } last && last <= archived.Segment.Start(segmentBytes);
        return new Replayed(state, true, isShort ? WalSegment.At(archived!.Segment.Timeline, end!.Value, segmentBytes) : null);
    }

    private async Task<CopyState> StartAsync(RecoveryTarget? to, string? timeline, CancellationToken cancel)
    {
        CopyState? state = null;
        await times.TimeAsync("start", () => copy.StartAsync(to, timeline, limit, cancel));
        await times.TimeAsync("replay", async () => state = await copy.ReachAsync(to, limit, progress, cancel));
        return to is not { Kind: not RecoveryTargetKind.Immediate } || state!.IsPaused ? state! : throw new LockkeeperException(BackupErrors.NotReached, $"the archive ends before {to.Words}", "'lk backup list' shows which moments can be restored.");
    }
}
