using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Verbs;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Backup.Managed;

/// <summary>What a restore of a managed cluster starts from, as it was asked for.</summary>
/// <param name="Source">What from.</param>
/// <param name="Set">Its name in the ledger: a snapshot's label, or the moment.</param>
/// <param name="Words">For people.</param>
/// <param name="Until">The newest moment that the copy will hold; null when nobody knows.</param>
/// <param name="Bytes">The size of the disk; 0 when nobody knows.</param>
internal sealed record ManagedChoice(ManagedSource Source, string Set, string Words, DateTimeOffset? Until, long Bytes)
{
    /// <summary>The kinds of target in the ledger's entries of drills.</summary>
    public const string Snapshot = "snapshot", Moment = "moment";

    /// <summary>Less than this is no range that a moment could be drawn from.</summary>
    private static readonly TimeSpan LeastRange = TimeSpan.FromSeconds(4);

    /// <summary>Which of them it is.</summary>
    public string Kind => Source.Snapshot is null ? Moment : Snapshot;

    /// <summary>The random moment of a drill; null for another target.</summary>
    public DateTimeOffset? Random { get; private init; }

    /// <summary>What <c>restore</c> was asked for.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="view">What there is.</param>
    /// <param name="target"><c>latest</c>, or a time.</param>
    /// <param name="set">A snapshot; null for none.</param>
    /// <exception cref="LockkeeperException">There is no such thing.</exception>
    public static ManagedChoice Of(string cluster, ManagedView view, string target, string? set)
    {
        if (set is not null)
            return Known(view, set) is { IsReady: true } snapshot ? Of(snapshot, "the snapshot") : throw new LockkeeperException(BackupErrors.UnknownSet, $"the snapshot {set} is {Known(view, set).Status}", "Wait until it is available.");
        if (target == "latest")
        {
            if (view.Latest is { } newest)
                return new ManagedChoice(new ManagedSource(null, null), $"moment {BackupText.Time(newest)}", $"the newest state, {BackupText.Time(newest)}", newest, Size(view));
            return Of(NewestOf(cluster, view), "the newest snapshot,");
        }

        if (!DateTimeOffset.TryParse(target, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{target}' is not a moment that a managed service can restore", "Give latest, a time with its zone such as 2026-11-22T09:45:00Z, or a snapshot with --set.");
        if (view.Latest is not { } until || moment > until || (view.Earliest is { } since && moment < since))
        {
            throw new LockkeeperException(
                BackupErrors.OutOfRange, $"{BackupText.Time(moment)} cannot be restored", view.Latest is { } end ? $"The service has every moment {(view.Earliest is { } begin ? $"from {BackupText.Time(begin)} " : "")}to {BackupText.Time(end)}." : "The service keeps no log to restore a moment from; restore a snapshot with --set.");
        }

        return At(moment, view);
    }

    /// <summary>What a drill tries: what was asked for, or else the newest snapshot and a random moment by turns, where the service has both.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="view">What there is.</param>
    /// <param name="target"><c>snapshot</c>, <c>random</c>, <c>latest</c>, or a time; null for by turns.</param>
    /// <param name="set">A snapshot; null for none.</param>
    /// <param name="lastDrill">The entry of the drill before; null for none.</param>
    /// <param name="chance">Between 0 and 1: where in the covered time a random moment lies.</param>
    /// <exception cref="LockkeeperException">There is no such thing.</exception>
    public static ManagedChoice OfDrill(string cluster, ManagedView view, string? target, string? set, JsonObject? lastDrill, double chance)
    {
        if (set is not null)
            return Of(cluster, view, "latest", set);
        return target switch
        {
            "snapshot" => Of(NewestOf(cluster, view), "the newest snapshot,"),
            "random" => Drawn(view, chance) ?? throw new LockkeeperException(BackupErrors.OutOfRange, $"no moment of {cluster} can be drawn", "The service keeps no log to restore a moment from (managed: backup_days), or has only begun: drill a snapshot with --target snapshot."),
            not null => Of(cluster, view, target, null),
            _ when view.NewestSnapshot is { } newest && !((string?)lastDrill?["target"] == Snapshot && Drawn(view, chance) is not null) => Of(newest, "the newest snapshot,"),
            _ => Drawn(view, chance) ?? Of(cluster, view, "latest", null),
        };
    }

    /// <summary>The snapshot of a name.</summary>
    /// <exception cref="LockkeeperException">There is none.</exception>
    public static ManagedSnapshot Known(ManagedView view, string set) => view.Snapshots.FirstOrDefault(one => one.Label == set) ?? throw new LockkeeperException(BackupErrors.UnknownSet, $"there is no snapshot {set}", "'lk backup list' shows them.");

    private static ManagedSnapshot NewestOf(string cluster, ManagedView view) =>
        view.NewestSnapshot ?? throw new LockkeeperException(BackupErrors.UnknownSet, $"there is no backup of {cluster} in the service", view.Snapshots.Count > 0 ? $"There are snapshots, and none is available; {view.Snapshots[^1].Label} is {view.Snapshots[^1].Status}." : "Take one: lk backup take.");

    private static ManagedChoice Of(ManagedSnapshot snapshot, string words) => new(new ManagedSource(snapshot, null), snapshot.Label, $"{words} {snapshot.Label}", snapshot.At, snapshot.Bytes);

    private static ManagedChoice At(DateTimeOffset moment, ManagedView view) => new(new ManagedSource(null, moment), $"moment {BackupText.Time(moment)}", BackupText.Time(moment), moment, Size(view));

    /// <summary>A moment of the covered time, in whole seconds as the service takes them.</summary>
    private static ManagedChoice? Drawn(ManagedView view, double chance)
    {
        if (view.Latest is not { } to || (view.Earliest ?? view.Snapshots.FirstOrDefault(one => one.IsReady)?.At) is not { } from || to - from < LeastRange)
            return null;
        var moment = DateTimeOffset.FromUnixTimeSeconds((from + ((to - from - TimeSpan.FromSeconds(2)) * chance) + TimeSpan.FromSeconds(1)).ToUnixTimeSeconds());
        return At(moment, view) with { Random = moment, Words = $"a random moment, {BackupText.Time(moment)}" };
    }

    private static long Size(ManagedView view) => view.Snapshots.LastOrDefault()?.Bytes ?? 0;
}
