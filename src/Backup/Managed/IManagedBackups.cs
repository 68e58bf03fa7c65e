using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Managed;

/// <summary>The backups that a managed service keeps of a cluster: snapshots, and every moment of a window by its own logs. Whether they can be restored is shown by restoring them only, here as everywhere.</summary>
internal interface IManagedBackups
{
    /// <summary>Where the service is, fit for messages.</summary>
    string Place { get; }

    /// <summary>What there is.</summary>
    Task<ManagedView> ReadAsync(CancellationToken cancel);

    /// <summary>Takes a snapshot and waits until it is there.</summary>
    /// <param name="label">Its name.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancel">Stops waiting; the service goes on.</param>
    Task<ManagedSnapshot> TakeAsync(string label, IProgressSink progress, CancellationToken cancel);

    /// <summary>Restores into a new instance or Aurora cluster, made like the one that is there, and waits until it answers.</summary>
    /// <param name="source">What from.</param>
    /// <param name="wish">The new one.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancel">Stops waiting; the service goes on.</param>
    Task<ManagedCopy> RestoreAsync(ManagedSource source, CopyWish wish, IProgressSink progress, CancellationToken cancel);

    /// <summary>Removes a snapshot that we took.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="cancel">Stops it.</param>
    Task RemoveAsync(ManagedSnapshot snapshot, CancellationToken cancel);

    /// <summary>The instances that drills of this cluster have made and that are there.</summary>
    /// <param name="cancel">Stops it.</param>
    Task<IReadOnlyList<DrillInstance>> DrillsAsync(CancellationToken cancel);

    /// <summary>Removes an instance that a drill has made, without a final snapshot. What carries no tag of a drill of this cluster is left alone; one that is not there is none to remove.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="toTheEnd">Whether to wait until it is gone, and not only until the service has begun.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancel">Stops waiting; what the service has begun goes on.</param>
    Task RemoveDrillAsync(string name, bool toTheEnd, TimeSpan limit, IProgressSink progress, CancellationToken cancel);
}

/// <summary>A snapshot.</summary>
/// <param name="Label">Its name in the service.</param>
/// <param name="At">When it was taken.</param>
/// <param name="Bytes">The size of the disk that it is of.</param>
/// <param name="IsReady">Whether it can be restored.</param>
/// <param name="IsAutomatic">Whether the service took it by itself.</param>
/// <param name="IsOurs">Whether we took it for this cluster.</param>
/// <param name="Status">What the service says of it.</param>
internal sealed record ManagedSnapshot(string Label, DateTimeOffset At, long Bytes, bool IsReady, bool IsAutomatic, bool IsOurs, string Status);

/// <summary>What the service has of a cluster.</summary>
/// <param name="Snapshots">The oldest first.</param>
/// <param name="Earliest">The first moment that can be restored; null when the service keeps none, or does not say.</param>
/// <param name="Latest">The last one.</param>
/// <param name="Exists">Whether the instance itself is there.</param>
internal sealed record ManagedView(IReadOnlyList<ManagedSnapshot> Snapshots, DateTimeOffset? Earliest, DateTimeOffset? Latest, bool Exists)
{
    /// <summary>The newest state that can be restored: by the logs where there are some, else by a snapshot.</summary>
    public DateTimeOffset? Newest => Latest ?? NewestSnapshot?.At;

    /// <summary>The newest snapshot that can be restored.</summary>
    public ManagedSnapshot? NewestSnapshot => Snapshots.LastOrDefault(one => one.IsReady);
}

/// <summary>What a restore starts from: a snapshot, a moment, or, with neither, the last moment there is.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Moment">The moment.</param>
internal sealed record ManagedSource(ManagedSnapshot? Snapshot, DateTimeOffset? Moment);

/// <summary>The instance that a restore is to make.</summary>
/// <param name="Name">Its name in the service.</param>
/// <param name="Limit">How long is waited for it.</param>
internal sealed record CopyWish(string Name, TimeSpan Limit)
{
    /// <summary>Its class; null for that of the one that is there.</summary>
    public string? Class { get; init; }

    /// <summary>The drill that it is for; null for a copy that stays.</summary>
    public DrillMark? Drill { get; init; }
}

/// <summary>What an instance of a drill says of itself, so that it is removed even when the drill was killed.</summary>
/// <param name="Holder">Who holds the drill: a machine and a project's folder on it.</param>
/// <param name="Until">When the drill is over, whatever became of it.</param>
internal sealed record DrillMark(string Holder, DateTimeOffset Until);

/// <summary>An instance that a drill has made.</summary>
/// <param name="Name">Its name in the service.</param>
/// <param name="Status">What the service says of it.</param>
/// <param name="Mark">Whose it is; null when it does not say.</param>
internal sealed record DrillInstance(string Name, string Status, DrillMark? Mark);

/// <summary>A restored instance.</summary>
/// <param name="Name">Its name in the service.</param>
/// <param name="Host">Where it answers.</param>
/// <param name="Port">Its port.</param>
internal sealed record ManagedCopy(string Name, string? Host, int? Port);
