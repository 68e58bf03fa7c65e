using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Provision.Clusters;

/// <summary>A cluster that the program has made and may remove.</summary>
internal interface IDestructible : IAsyncDisposable
{
    /// <summary>What there is to destroy.</summary>
    /// <param name="cancel">Stops looking.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">It is somebody else's, or protected where it is.</exception>
    Task<InstanceRemains> FindAsync(CancellationToken cancel);

    /// <summary>Where a last backup goes: a file, or the name of a snapshot.</summary>
    /// <param name="given">What the user has said.</param>
    /// <param name="folder">The folder that relative paths start in.</param>
    /// <param name="now">The time.</param>
    string BackupPlace(string given, string folder, DateTimeOffset now);

    /// <summary>Takes a last backup and removes what the program made.</summary>
    /// <param name="lastBackup">Where the backup goes; null for none.</param>
    /// <param name="progress">Hears what is done.</param>
    /// <param name="cancel">Stops it.</param>
    Task DestroyAsync(string? lastBackup, IProgressSink progress, CancellationToken cancel);
}

/// <summary>What there is of a cluster.</summary>
/// <param name="Host">Its host, or the service that keeps it.</param>
/// <param name="Data">Its data directory, or its name in the service.</param>
/// <param name="Exists">Whether that is there.</param>
/// <param name="Runs">Whether its server runs.</param>
/// <param name="Losses">What would be lost; none where nobody could ask.</param>
internal sealed record InstanceRemains(string Host, string Data, bool Exists, bool Runs, IReadOnlyList<string> Losses);
