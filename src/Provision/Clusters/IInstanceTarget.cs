using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Provision.Clusters;

/// <summary>A cluster whose server the program makes and keeps itself.</summary>
internal interface IInstanceTarget : IClusterTarget, IDestructible
{
    /// <summary>Every file that would be written, without secrets.</summary>
    /// <param name="progress">Hears what is read.</param>
    /// <param name="cancel">Stops it.</param>
    Task<IReadOnlyList<InstanceFile>> RenderAsync(IProgressSink progress, CancellationToken cancel);
}
