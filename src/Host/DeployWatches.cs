using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Observe;

namespace Lockkeeper.Host;

/// <summary>Notes about statements around deploys: what Migrate asks of Observe.</summary>
internal sealed class DeployWatches : IDeployWatch
{
    public async Task<bool> BeforeAsync(DeployFacts deploy, Workspace workspace, CancellationToken cancel) => deploy.Engine == "postgres" && await DeployNotes.BeforeAsync(deploy.Url, deploy.Run, workspace, cancel);

    public Task AfterAsync(DeployFacts deploy, IReadOnlyList<DeployedScript> scripts, Workspace workspace, CancellationToken cancel) =>
        DeployNotes.AfterAsync(deploy.Url, deploy.Run, [.. scripts.Select(script => (script.File, script.FirstLine, script.Text))], workspace, cancel);
}
