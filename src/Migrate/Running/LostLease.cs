using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Running;

/// <summary>The error of a runner that was paused or cut off for so long that another one took over.</summary>
internal static class LostLease
{
    /// <summary>The error.</summary>
    /// <param name="target">The target, fit for messages.</param>
    /// <param name="at">The script that was stopped, or null.</param>
    /// <param name="inner">How it was noticed.</param>
    public static LockkeeperException Error(string target, SourcePosition? at = null, Exception? inner = null) => new(
        MigrateErrors.LeaseLost, $"another runner took over {target} while this one did not answer",
        "Look at 'lk migrate status', then run the command again if something is still pending.", at, inner);

    /// <summary>The reason why a run stopped: what was cancelled because its lease went to another one says so.</summary>
    public static LockkeeperException Explain(ITargetLease lease, string target, LockkeeperException error) =>
        lease.Lost.IsCancellationRequested && error.Code == KernelErrors.Cancelled ? Error(target, error.At, error) : error;
}
