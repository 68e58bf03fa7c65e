using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Provision.Clusters;

/// <summary>Which clusters a call is about.</summary>
/// <param name="engines">The engines that there are.</param>
/// <param name="parts">What other duties add to clusters.</param>
internal sealed class ClusterChoice(IReadOnlyList<IClusterEngine> engines, IReadOnlyList<IClusterPart> parts)
{
    /// <summary>The first argument of the verbs: a cluster, or an environment for all of its clusters.</summary>
    public static Parameter Name { get; } = new("cluster", ParameterKind.Text, "A declared cluster, or an environment for all that are declared for it; by default every declared cluster") { Positional = true, ValueName = "CLUSTER" };

    /// <summary>The declared clusters that a call names.</summary>
    public static IReadOnlyList<ClusterConfig> Of(VerbCall call)
    {
        var workspace = call.Workspace;
        var all = ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include);
        if (all.Count == 0)
            throw new LockkeeperException(ProvisionErrors.NoClusters, $"no file declares a cluster ({string.Join(", ", workspace.Config.Include)})", "Write clusters/NAME.yaml, or make it from a cluster that is there: lk provision adopt NAME --url URL");
        foreach (var cluster in all)
        {
            if (cluster.Environment is { } environment && !workspace.Config.Environments.Any(one => one.Name == environment.Value))
                throw new LockkeeperException(KernelErrors.UnknownName, $"'{environment.Value}' is not an environment of lockkeeper.yaml", NearestName.Hint(environment.Value, [.. workspace.Config.Environments.Select(one => one.Name)], "environments"), environment.At);
        }

        if (call.Text(Name) is not { } name)
            return all;
        var chosen = all.Where(cluster => cluster.Name == name).ToList();
        if (chosen.Count == 0)
            chosen = [.. all.Where(cluster => cluster.Environment?.Value == name)];
        return chosen.Count > 0 ? chosen : throw new LockkeeperException(ProvisionErrors.UnknownCluster, $"there is no cluster '{name}', and no cluster of an environment '{name}'", NearestName.Hint(name, [.. all.Select(cluster => cluster.Name)], "clusters"));
    }

    /// <summary>Opens a cluster; nothing is sent yet.</summary>
    public async Task<IClusterTarget> OpenAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var complete = ClusterWithParts.Complete(cluster, parts);
        return new ClusterWithParts(await OpenItselfAsync(complete, workspace, cancel), complete, parts, workspace);
    }

    private Task<IClusterTarget> OpenItselfAsync(ClusterConfig complete, Workspace workspace, CancellationToken cancel) => engines.First(engine => engine.Engine == complete.Engine).OpenAsync(complete, workspace, cancel);

    /// <summary>The cluster that is to be adopted, as the engine of its place sees it.</summary>
    public ClusterConfig Adopted(ClusterConfig given, AdoptedPlace place) => engines.Select(engine => engine.Take(given, place)).FirstOrDefault(taken => taken is not null) ?? given;

    /// <summary>Takes away what other duties had running for a cluster that was destroyed.</summary>
    public async Task RemovePartsAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        foreach (var part in parts)
            await part.RemoveAsync(cluster, workspace, cancel);
    }

    /// <summary>The one declared cluster of a name, whose instance the program keeps; nothing is sent yet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops the command of a secret.</param>
    /// <exception cref="LockkeeperException">There is none, or somebody else keeps its server.</exception>
    public async Task<(ClusterConfig Cluster, IInstanceTarget Target)> OpenInstanceAsync(string name, Workspace workspace, CancellationToken cancel)
    {
        var all = ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include);
        var cluster = all.FirstOrDefault(one => one.Name == name) ?? throw new LockkeeperException(ProvisionErrors.UnknownCluster, $"there is no cluster '{name}'", NearestName.Hint(name, [.. all.Select(one => one.Name)], "clusters"));
        if (cluster.Instance is null)
            throw new LockkeeperException(ProvisionErrors.NoInstance, $"the server of the cluster '{name}' is kept by somebody else: {cluster.File} has no key 'instance'", "Only what the program has made itself is rendered and destroyed by it.");
        return (cluster, (IInstanceTarget)await OpenItselfAsync(ClusterWithParts.Complete(cluster, parts), workspace, cancel));
    }

    /// <summary>The one declared cluster of a name, which the program has made; nothing is sent yet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops the command of a secret.</param>
    /// <exception cref="LockkeeperException">There is none, or somebody else keeps its server.</exception>
    public async Task<(ClusterConfig Cluster, IDestructible Target)> OpenDestructibleAsync(string name, Workspace workspace, CancellationToken cancel) =>
        ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include).FirstOrDefault(one => one.Name == name) is { Managed: not null } managed
            ? (managed, (IDestructible)await OpenItselfAsync(managed, workspace, cancel))
            : await OpenInstanceAsync(name, workspace, cancel);
}
