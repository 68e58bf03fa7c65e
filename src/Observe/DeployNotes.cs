using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.PostgreSql.Regressions;

namespace Lockkeeper.Observe;

/// <summary>Notes what statements cost before and after a deploy, in the target's schema lockkeeper.</summary>
public static class DeployNotes
{
    /// <summary>Before the first step; false when nothing is noted: it is switched off, or the database has no pg_stat_statements.</summary>
    /// <param name="url">The target's URL, with secret references.</param>
    /// <param name="run">The run's id.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">The server did not do it in time, or refused.</exception>
    public static async Task<bool> BeforeAsync(string url, string run, Workspace workspace, CancellationToken cancel) =>
        workspace.Config.Observe.Deploys && await (await DeployWatch.AtAsync(url, workspace, cancel)).KeepAsync(run, workspace.Actor, null, cancel);

    /// <summary>After the last step.</summary>
    /// <param name="url">The target's URL, with secret references.</param>
    /// <param name="run">The run's id.</param>
    /// <param name="scripts">What was applied: file, first line and text.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">The server did not do it in time, or refused.</exception>
    public static async Task AfterAsync(string url, string run, IReadOnlyList<(string File, int FirstLine, string Text)> scripts, Workspace workspace, CancellationToken cancel) =>
        await (await DeployWatch.AtAsync(url, workspace, cancel)).KeepAsync(run, workspace.Actor, DeployedScripts.Statements(scripts), cancel);
}
