using System.Globalization;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Backup.PostgreSql.Restoring;

/// <summary>Finds the set that a moment is restored from. pgBackRest's own choice is not asked: it takes a set by time only, and goes on to the end when a target lies before the set.</summary>
internal static class SetChoice
{
    /// <summary>What to do about a wrong pass.</summary>
    public const string CipherHint = "Look at 'cipher' of the repository: without the pass that it was written with nothing can be restored.";

    /// <summary>The set for a target.</summary>
    /// <param name="view">The repository.</param>
    /// <param name="map">What of it can be restored.</param>
    /// <param name="target">The target; null for the end of the archive.</param>
    /// <param name="label">The set that the user names; null for the newest that fits.</param>
    /// <exception cref="LockkeeperException">No set fits, or the moment cannot be restored.</exception>
    public static BackupSet Of(RepositoryView view, RecoverabilityMap map, RecoveryTarget? target, string? label)
    {
        if (view.Sets.Count == 0 && view.IsLocked)
            throw new LockkeeperException(BackupErrors.WrongCipher, $"{view.Place} cannot be used: {view.Problem}", CipherHint);
        if (view.Sets.Count == 0 && view.Problem is { } problem)
            throw new LockkeeperException(BackupErrors.RepositoryUnreachable, $"{view.Place} cannot be used: {problem}", "Make it reachable, or name another repository with --repository.");
        if (view.Sets.Count == 0)
            throw new LockkeeperException(BackupErrors.UnknownSet, $"there is no backup in {view.Place}", "Take one: lk backup take");
        var fitting = view.Sets.Where(set => !map.BrokenSets.ContainsKey(set.Label) && Fits(set, target)).ToList();
        if (label is not null)
        {
            var named = view.Sets.FirstOrDefault(set => set.Label == label) ?? throw new LockkeeperException(BackupErrors.UnknownSet, $"there is no backup {label} in {view.Place}", $"There are: {string.Join(", ", view.Sets.TakeLast(10).Select(set => set.Label))}.");
            if (map.BrokenSets.TryGetValue(label, out var why))
                throw new LockkeeperException(BackupErrors.DamagedSet, $"the backup {label} cannot be restored: {why}", "Take another one: lk backup list");
            fitting = Fits(named, target) ? [named] : throw new LockkeeperException(BackupErrors.OutOfRange, $"the backup {label} ended at {Time(named.Ended)}, after {target!.Words}", "Name an older one, or none.");
        }

        if (fitting.Count == 0 || (target?.Moment is { } moment && map.At(moment)?.State is not (RecoverableState.Proven or RecoverableState.Claimed)))
            throw new LockkeeperException(BackupErrors.OutOfRange, $"{target?.Words ?? "the newest state"} cannot be restored from {view.Place}", Ranges(map));
        // The server ends its recovery at the first of the two, and the one that was meant may be the other.
        if (target?.Moment is { } twice && map.ClockSteps.FirstOrDefault(step => step.Doubles(twice)) is { } doubled)
            throw new LockkeeperException(BackupErrors.AmbiguousTime, $"{target.Words} was there twice: the clock went back from {Time(doubled.To)} to {Time(doubled.From)} before {doubled.Segment}", "Name a place in the log, such as --target 0/7000028, or a restore point: --target name:NAME");
        // Of a time, only a set from which an unbroken way leads there.
        return target?.Moment is not null ? fitting.FirstOrDefault(set => set.Label == (label ?? map.At(target.Moment.Value)!.Set)) ?? fitting[^1] : fitting[^1];
    }

    /// <summary>Fails when the newest state cannot be restored from a set: what there is would be restored without a word about the rest.</summary>
    public static void RequireWayToEnd(RepositoryView view, RecoverabilityMap map, BackupSet set)
    {
        if (map.HoleAfter(set.Label, view.Archive.SegmentBytes) is { } hole)
            throw new LockkeeperException(BackupErrors.OutOfRange, $"the newest state cannot be restored from {view.Place}: {hole.First} is missing or damaged", $"{Ranges(map)} Name a moment with --target.");
    }

    private static bool Fits(BackupSet set, RecoveryTarget? target) =>
        target?.Moment is { } moment ? set.Ended <= moment : target?.Place is not { } place || (set.Stop is { } stop && stop <= place);

    private static string Ranges(RecoverabilityMap map)
    {
        var spans = map.Spans.Where(span => span.State is RecoverableState.Proven or RecoverableState.Claimed).ToList();
        var ranges = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var span in spans)
        {
            if (ranges.Count > 0 && ranges[^1].To == span.From)
                ranges[^1] = (ranges[^1].From, span.To);
            else
                ranges.Add((span.From, span.To));
        }

        return ranges.Count == 0 ? "Nothing can be restored: take a full backup at once, lk backup take --type full." : $"Can be restored: {string.Join("; ", ranges.Select(range => $"{Time(range.From)} to {Time(range.To)}"))}.";
    }

    private static string Time(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
