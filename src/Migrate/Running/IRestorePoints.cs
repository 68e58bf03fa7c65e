using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running;

/// <summary>Makes a way back before a dangerous change, where the backup policy of the cluster that holds the target says so. Served by the duty that backs up.</summary>
public interface IRestorePoints
{
    /// <summary>What would be made before a run.</summary>
    /// <param name="before">The run.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops asking.</param>
    /// <returns>One for each cluster whose policy asks for it, however many of its databases are changed.</returns>
    Task<IReadOnlyList<PlannedRestorePoint>> PlanAsync(DangerousRun before, Workspace workspace, CancellationToken cancel);
}

/// <summary>A run with steps that destroy something or have no way back.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Database">The database's name in the configuration.</param>
/// <param name="Steps">The first such step of each place that is changed, in the order of the series.</param>
public sealed record DangerousRun(string Environment, string Database, IReadOnlyList<DangerousStep> Steps);

/// <summary>The first step in one place that destroys something or has no way back.</summary>
/// <param name="Url">The place's URL, secrets resolved.</param>
/// <param name="IsPooled">Whether a pooler stands in between, which may lead each database to another server.</param>
/// <param name="Step">The step's id.</param>
/// <param name="Destroys">Whether this step or one after it destroys something.</param>
public sealed record DangerousStep(string Url, bool IsPooled, string Step, bool Destroys);

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
    public Task<IReadOnlyList<PlannedRestorePoint>> PlanAsync(DangerousRun before, Workspace workspace, CancellationToken cancel) => Task.FromResult<IReadOnlyList<PlannedRestorePoint>>([]);
}
