using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup;

/// <summary>A restore point before a dangerous change of a database, as the backup policy of its cluster asks for it.</summary>
/// <param name="Cluster">The declared cluster.</param>
/// <param name="Name">Its name in the log.</param>
/// <param name="Words">What is done, a phrase.</param>
/// <param name="Command">The command that goes back to it.</param>
/// <param name="MakeAsync">Makes it; takes the run's id.</param>
public sealed record BackupRestorePoint(string Cluster, string Name, string Words, string Command, Func<string, CancellationToken, Task> MakeAsync)
{
    /// <summary>What would be made before a step; changes nothing.</summary>
    /// <param name="environment">The environment of the change.</param>
    /// <param name="database">The database's name in the configuration.</param>
    /// <param name="url">Its URL, with secret references.</param>
    /// <param name="step">The step.</param>
    /// <param name="destroys">Whether it destroys something: only then a backup is worth its time.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops asking.</param>
    /// <returns>Null where no policy asks for it.</returns>
    /// <exception cref="LockkeeperException">The cluster is declared for the environment, and its server cannot be asked.</exception>
    public static Task<BackupRestorePoint?> PlanAsync(string environment, string database, string url, string step, bool destroys, Workspace workspace, CancellationToken cancel) =>
        RestorePointMaking.PlanAsync(environment, database, url, step, destroys, workspace, cancel);
}
