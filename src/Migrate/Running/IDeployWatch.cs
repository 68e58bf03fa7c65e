using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running;

/// <summary>Takes notice of what statements cost before and after a deploy, so that what it makes slower can be found. Served by the duty that observes.</summary>
public interface IDeployWatch
{
    /// <summary>Is called right before the first step, with the lease held. A failure stops nothing.</summary>
    /// <param name="deploy">The deploy.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Whether <see cref="AfterAsync"/> is to be called.</returns>
    Task<bool> BeforeAsync(DeployFacts deploy, Workspace workspace, CancellationToken cancel);

    /// <summary>Is called right after the last step, whether the steps went well or not.</summary>
    /// <param name="deploy">The deploy.</param>
    /// <param name="scripts">What was applied.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    Task AfterAsync(DeployFacts deploy, IReadOnlyList<DeployedScript> scripts, Workspace workspace, CancellationToken cancel);
}

/// <summary>A deploy.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Engine">The database's engine.</param>
/// <param name="Url">The target's URL, with secret references.</param>
public sealed record DeployFacts(string Run, string Engine, string Url);

/// <summary>A script that was applied.</summary>
/// <param name="File">Its file, as a user would type it.</param>
/// <param name="FirstLine">The line of the file that it begins on.</param>
/// <param name="Text">Its text.</param>
public sealed record DeployedScript(string File, int FirstLine, string Text);

/// <summary>Where nobody takes notice.</summary>
internal sealed class NoDeployWatch : IDeployWatch
{
    public Task<bool> BeforeAsync(DeployFacts deploy, Workspace workspace, CancellationToken cancel) => Task.FromResult(false);

    public Task AfterAsync(DeployFacts deploy, IReadOnlyList<DeployedScript> scripts, Workspace workspace, CancellationToken cancel) => Task.CompletedTask;
}
