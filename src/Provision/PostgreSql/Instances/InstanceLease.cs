using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Differences;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>The right to change an instance and what is in it: the lock of its host from the start, and the lease in its database from the first statement on.</summary>
/// <param name="held">The lock.</param>
/// <param name="cluster">The cluster's name.</param>
/// <param name="takeInner">Takes the lease.</param>
internal sealed class InstanceLease(HostLock held, string cluster, Func<CancellationToken, Task<IClusterLease>> takeInner) : IClusterLease
{
    private IClusterLease? inner;

    public CancellationToken Lost => inner?.Lost ?? CancellationToken.None;

    public async Task CorrectAsync(Difference difference, CancellationToken cancel)
    {
        if (difference.Remedy!.Act is not { } act)
        {
            inner ??= await takeInner(cancel);
            await inner.CorrectAsync(difference, cancel);
            return;
        }

        if (Lost.IsCancellationRequested)
            throw new LockkeeperException(Engines.PostgreSql.PostgreSqlErrors.LeaseHeld, $"another runner has taken over {cluster}", "Look at what it does, then run the same command again.");
        // A restart ends the sessions of the lease; it is taken again with the next statement.
        if (difference.Phase == Phase.Restart && inner is not null)
        {
            await inner.DisposeAsync();
            inner = null;
        }

        try
        {
            await act(cancel);
        }
        catch (LockkeeperException e)
        {
            throw new StepFailedException(e, leftTraces: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (inner is not null)
            await inner.DisposeAsync();
        await held.DisposeAsync();
    }
}
