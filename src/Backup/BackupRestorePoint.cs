using Lockkeeper.Backup.PostgreSql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup;

/// <summary>A restore point before a dangerous change, as the backup policy of its cluster asks for it.</summary>
/// <param name="Cluster">The declared cluster.</param>
/// <param name="Name">Its name in the log.</param>
/// <param name="Step">The first step that it is made for.</param>
/// <param name="Words">What is done, a phrase.</param>
/// <param name="Command">The command that goes back to it.</param>
/// <param name="MakeAsync">Makes it; takes the run's id.</param>
public sealed record BackupRestorePoint(string Cluster, string Name, string Step, string Words, string Command, Func<string, CancellationToken, Task> MakeAsync)
{
    /// <summary>What would be made before a change; changes nothing.</summary>
    /// <param name="environment">The environment of the change.</param>
    /// <param name="database">The database's name in the configuration.</param>
    /// <param name="places">Where it is changed, those first whose step comes first.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops asking.</param>
    /// <returns>One for each cluster whose policy asks for it.</returns>
    /// <exception cref="LockkeeperException">A cluster is declared for the environment, and its server cannot be asked.</exception>
    public static Task<IReadOnlyList<BackupRestorePoint>> PlanAsync(string environment, string database, IReadOnlyList<EndangeredPlace> places, Workspace workspace, CancellationToken cancel) =>
        RestorePointMaking.PlanAsync(environment, database, places, workspace, cancel);
}

/// <summary>A database that is about to be changed dangerously.</summary>
/// <param name="Url">Its URL, secrets resolved.</param>
/// <param name="IsPooled">Whether a pooler stands in between, which may lead each database to another server.</param>
/// <param name="Step">The first step that destroys something or has no way back.</param>
/// <param name="Destroys">Whether something is destroyed: only then a backup is worth its time.</param>
public sealed record EndangeredPlace(string Url, bool IsPooled, string Step, bool Destroys);
