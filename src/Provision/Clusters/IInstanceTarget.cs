using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Provision.Clusters;

/// <summary>A cluster whose server the program makes and keeps itself.</summary>
internal interface IInstanceTarget : IClusterTarget
{
    /// <summary>Every file that would be written, without secrets.</summary>
    /// <param name="progress">Hears what is read.</param>
    /// <param name="cancel">Stops it.</param>
    Task<IReadOnlyList<InstanceFile>> RenderAsync(IProgressSink progress, CancellationToken cancel);

    /// <summary>What there is to destroy.</summary>
    /// <param name="cancel">Stops looking.</param>
    Task<InstanceRemains> FindAsync(CancellationToken cancel);

    /// <summary>Takes a last backup, stops the server and removes what the program made.</summary>
    /// <param name="lastBackup">The file of the backup; null for none.</param>
    /// <param name="progress">Hears what is done.</param>
    /// <param name="cancel">Stops it.</param>
    Task DestroyAsync(string? lastBackup, IProgressSink progress, CancellationToken cancel);
}

/// <summary>What there is of an instance.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Data">Its data directory.</param>
/// <param name="Exists">Whether that is there.</param>
/// <param name="Runs">Whether its server runs.</param>
/// <param name="Losses">The databases that would be lost, with their sizes; none where nobody could ask.</param>
internal sealed record InstanceRemains(string Host, string Data, bool Exists, bool Runs, IReadOnlyList<string> Losses);
