using System.Globalization;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config;

namespace Lockkeeper.Backup.Wal;

/// <summary>What a server says of its archiving.</summary>
internal sealed record ArchivingState
{
    /// <summary>From which difference on two clocks are apart: a segment may lie in the spool of an asynchronous push for a while before the server is told.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromSeconds(30);

    /// <summary>How many segments may wait before that is worth a word: pushing one takes a moment, and several are filled at once under load.</summary>
    private const int FewWaiting = 8;

    /// <summary>The server's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The file that it has archived last, as it believes; null for none since its statistics began.</summary>
    public string? LastArchived { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? LastArchivedAt { get; init; }

    /// <summary>The file that could not be archived last; null for none.</summary>
    public string? LastFailed { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? LastFailedAt { get; init; }

    /// <summary>How often its command has failed since its statistics began.</summary>
    public long Failures { get; init; }

    /// <summary>Files that wait to be archived; the server keeps them until they are.</summary>
    public long Waiting { get; init; }

    /// <summary>The room that its WAL takes.</summary>
    public long WalBytes { get; init; }

    /// <summary>The room that is left where its WAL is; null when nobody could look.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Whether the last that it tried failed.</summary>
    public bool IsFailing => LastFailedAt is { } failed && (LastArchivedAt is not { } archived || failed > archived);

    /// <summary>What is wrong with the archiving, in words; null for nothing.</summary>
    /// <param name="timeout">After how long a segment that is not full is archived all the same.</param>
    public string? Trouble(TimeSpan timeout)
    {
        if (IsFailing)
            return $"archiving fails, for the last time {Ago(LastFailedAt!.Value)} with {LastFailed}: {Room()}; the server's log says why";
        // A command that hangs neither fails nor ends.
        var still = Now - (LastArchivedAt ?? DateTimeOffset.MinValue);
        return Waiting > FewWaiting || (Waiting > 1 && LastArchivedAt is not null && still > 2 * timeout) ? $"archiving is behind{(LastArchivedAt is { } last ? $", for the last time it ended {Ago(last)}" : "")}: {Room()}" : null;
    }

    /// <summary>By how much the clock that dates the files of a repository is ahead of the server's, by the segment that was archived last; null when they agree, or nobody can tell.</summary>
    public TimeSpan? ClockGap(RepositoryView view)
    {
        if (LastArchivedAt is not { } told || !WalSegment.TryParse(LastArchived, view.Archive.SegmentBytes, out var segment) || view.Archive.Segments.LastOrDefault(one => one.Segment == segment) is not { } there)
            return null;
        var gap = there.At - told;
        return gap.Duration() > Apart ? gap : null;
    }

    /// <summary>What the server calls archived and the repository does not have, in words; null for nothing. It is so when WAL was dropped by archive-push-queue-max, or by a command of somebody else's.</summary>
    public string? Untrue(RepositoryView view)
    {
        // A repository that was added later has not got what was archived before.
        if (view.Sets.Count == 0 || LastArchived is not { Length: WalSegment.NameLength } name || !WalSegment.TryParse(name, view.Archive.SegmentBytes, out var segment) || view.Archive.Segments.Count == 0)
            return null;
        var last = view.Archive.Segments[^1].Segment;
        return segment.Timeline < last.Timeline || segment.Number <= last.Number
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"the server takes {name} for archived, and {view.Place} ends at {last.Name(view.Archive.SegmentBytes)}: WAL was dropped on the way, and what was committed since cannot be restored: take a full backup now");
    }

    private string Room() => string.Create(
        CultureInfo.InvariantCulture, $"{Waiting} {(Waiting == 1 ? "file waits" : "files wait")}, and its WAL takes {WalBytes >> 20} MB{(FreeBytes is { } free ? $" of a disk that has {free >> 20} MB free" : "")}");

    private string Ago(DateTimeOffset moment) => $"{Durations.Words(Now - moment < TimeSpan.Zero ? TimeSpan.Zero : Now - moment)} ago";
}
