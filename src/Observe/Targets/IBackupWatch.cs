using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Observe.Targets;

/// <summary>What is known of the backups of declared clusters: who takes them knows.</summary>
public interface IBackupWatch
{
    /// <summary>Whether the backups of a cluster can be looked at.</summary>
    /// <param name="cluster">The declaration.</param>
    bool IsDeclared(ClusterConfig cluster);

    /// <summary>Looks at them; takes seconds, and longer with much WAL.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">They cannot be looked at.</exception>
    Task<BackupStatus> ReadAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel);
}

/// <summary>How the backups of a cluster stand.</summary>
/// <param name="Stanza">The cluster's name in its repositories.</param>
/// <param name="Repositories">The repositories.</param>
/// <param name="LastDrill">The last restore that was tried; null for none.</param>
/// <param name="Breaches">Where the policy is not kept.</param>
public sealed record BackupStatus(string Stanza, IReadOnlyList<BackupRepositoryStatus> Repositories, DrillStatus? LastDrill, IReadOnlyList<PolicyBreach> Breaches);

/// <summary>A repository.</summary>
/// <param name="Number">Its number, from 1 on.</param>
/// <param name="IsUsable">Whether it can be read and is in order.</param>
/// <param name="Sets">Its sets, the oldest first.</param>
/// <param name="Newest">The newest moment that can be restored; null for none.</param>
/// <param name="MissingSegments">WAL segments that are missing between others.</param>
public sealed record BackupRepositoryStatus(int Number, bool IsUsable, IReadOnlyList<BackupSetStatus> Sets, DateTimeOffset? Newest, long MissingSegments);

/// <summary>A backup.</summary>
/// <param name="Type"><c>full</c>, <c>diff</c> or <c>incr</c>.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="DatabaseBytes">The size of the database.</param>
/// <param name="CopiedBytes">What was copied.</param>
/// <param name="RepositoryBytes">What it takes in the repository.</param>
/// <param name="HasPageErrors">Whether pages with a wrong checksum were met.</param>
public sealed record BackupSetStatus(string Type, DateTimeOffset Ended, TimeSpan Duration, long DatabaseBytes, long CopiedBytes, long RepositoryBytes, bool HasPageErrors);

/// <summary>A restore that was tried.</summary>
/// <param name="At">When.</param>
/// <param name="Passed">Whether it worked.</param>
public sealed record DrillStatus(DateTimeOffset At, bool Passed);

/// <summary>Something that the policy does not allow.</summary>
/// <param name="Rule">Which rule.</param>
/// <param name="Repository">The repository; empty when it is about all.</param>
public sealed record PolicyBreach(string Rule, string Repository);
