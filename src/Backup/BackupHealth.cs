using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup;

/// <summary>How the backups of a cluster stand, for whoever watches them.</summary>
/// <param name="Stanza">The cluster's name in its repositories, or in a managed service's stead its own.</param>
/// <param name="Repositories">The repositories.</param>
/// <param name="LastDrill">When the last drill was held, and whether it passed; null for none.</param>
/// <param name="Alerts">What the policy does not allow; the subject is the repository's number.</param>
public sealed record BackupHealth(string Stanza, IReadOnlyList<RepositoryHealth> Repositories, (DateTimeOffset At, bool Passed)? LastDrill, IReadOnlyList<Finding> Alerts)
{
    /// <summary>Whether a cluster has a policy of backups that can be watched.</summary>
    /// <param name="cluster">The declaration.</param>
    public static bool IsDeclared(ClusterConfig cluster) => cluster.Backup is not null;

    /// <summary>Looks at them.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">They cannot be looked at.</exception>
    public static Task<BackupHealth> ReadAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel) => HealthReading.ReadAsync(cluster, workspace, cancel);
}

/// <summary>A repository.</summary>
/// <param name="Number">Its number, from 1 on.</param>
/// <param name="IsUsable">Whether it can be read and is in order.</param>
/// <param name="Sets">Its sets, the oldest first.</param>
/// <param name="Newest">The newest moment that can be restored; null for none.</param>
/// <param name="MissingSegments">WAL segments that are missing between others.</param>
public sealed record RepositoryHealth(int Number, bool IsUsable, IReadOnlyList<SetHealth> Sets, DateTimeOffset? Newest, long MissingSegments);

/// <summary>A backup.</summary>
/// <param name="Type"><c>full</c>, <c>diff</c> or <c>incr</c>.</param>
/// <param name="Started">When it began.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="DatabaseBytes">The size of the database.</param>
/// <param name="CopiedBytes">What was copied.</param>
/// <param name="RepositoryBytes">What it takes in the repository.</param>
/// <param name="HasPageErrors">Whether pages with a wrong checksum were met.</param>
public sealed record SetHealth(string Type, DateTimeOffset Started, DateTimeOffset Ended, long DatabaseBytes, long CopiedBytes, long RepositoryBytes, bool HasPageErrors);
