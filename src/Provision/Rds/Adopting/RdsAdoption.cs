using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Adopting;

/// <summary>Writes the declaration of what the service runs.</summary>
internal sealed class RdsAdoption(RdsDeclaration given, RdsReading reading, Func<string, int, string?, IClusterTarget?> inside)
{
    public Task<AdoptedCluster> AdoptAsync(IProgressSink progress, CancellationToken cancel) => throw new NotSupportedException($"{given} {reading} {inside}");
}
