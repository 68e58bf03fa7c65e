using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running;

/// <summary>Makes a way back before a dangerous change, where the backup policy of the cluster that holds the target says so. Served by the duty that backs up.</summary>
public interface IRestorePoints
{
    /// <summary>What would be made before a step.</summary>
    /// <param name="before">The target, and the step.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops asking.</param>
    /// <returns>Null where no policy asks for it.</returns>
    Task<PlannedRestorePoint?> PlanAsync(DangerousStep before, Workspace workspace, CancellationToken cancel);
}

/// <summary>A step that destroys something or has no way back.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Database">The database's name in the configuration.</param>
/// <param name="Url">The target's URL, with secret references.</param>
/// <param name="Step">The step's id.</param>
/// <param name="Destroys">Whether it destroys something.</param>
public sealed record DangerousStep(string Environment, string Database, string Url, string Step, bool Destroys);

/// <summary>A restore point that is to be made.</summary>
/// <param name="Cluster">The declared cluster.</param>
/// <param name="Name">Its name.</param>
/// <param name="Step">The id of the step that it is made before.</param>
/// <param name="Words">What is done, a phrase.</param>
/// <param name="Command">The command that goes back to it.</param>
/// <param name="MakeAsync">Makes it; takes the run's id.</param>
public sealed record PlannedRestorePoint(string Cluster, string Name, string Step, string Words, string Command, Func<string, CancellationToken, Task> MakeAsync);

/// <summary>Where nobody makes any.</summary>
internal sealed class NoRestorePoints : IRestorePoints
{
    public Task<PlannedRestorePoint?> PlanAsync(DangerousStep before, Workspace workspace, CancellationToken cancel) => Task.FromResult<PlannedRestorePoint?>(null);
}
