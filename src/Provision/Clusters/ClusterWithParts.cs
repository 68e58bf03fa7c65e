using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Differences;

namespace Lockkeeper.Provision.Clusters;

/// <summary>A cluster with what other duties add to it.</summary>
/// <param name="inner">The cluster itself.</param>
/// <param name="cluster">The declaration.</param>
/// <param name="parts">What is added.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class ClusterWithParts(IClusterTarget inner, ClusterConfig cluster, IReadOnlyList<IClusterPart> parts, Workspace workspace) : IClusterTarget
{
    private readonly Dictionary<Difference, ClusterPartStep> steps = new(ReferenceEqualityComparer.Instance);

    private readonly IHost host = NodeHosts.Of(cluster.Primary, workspace);

    public string Name => inner.Name;

    /// <summary>The declaration with the parameters that the parts need; the user's own win.</summary>
    public static ClusterConfig Complete(ClusterConfig cluster, IReadOnlyList<IClusterPart> parts)
    {
        var parameters = new Dictionary<string, Placed<string>>(StringComparer.Ordinal);
        foreach (var (name, value) in parts.SelectMany(part => part.Parameters(cluster)).Concat(cluster.Parameters))
            parameters[name] = value;
        return parameters.Count == cluster.Parameters.Count ? cluster : cluster with { Parameters = parameters };
    }

    public async Task<Comparison> CompareAsync(IProgressSink progress, CancellationToken cancel)
    {
        var comparison = await inner.CompareAsync(progress, cancel);
        // A part is looked at when the server answers; until then the next pass finds it.
        if (comparison.All.Any(difference => difference.Phase is Phase.Instance or Phase.Start))
            return parts.Count == 0 || cluster is not { Backup: not null, Managed: null } ? comparison : comparison with { NotChecked = [.. comparison.NotChecked, "what belongs to its backups, until the server runs"] };
        var (before, after) = (new List<Difference>(), new List<Difference>());
        foreach (var part in parts)
        {
            foreach (var step in await part.CompareAsync(cluster, host, workspace, cancel))
            {
                var difference = new Difference { Phase = part.ComesLast ? Phase.Removals : Phase.Parameters, Object = step.Object, Change = step.Change, At = step.At, Remedy = new Remedy(null) { Shown = [step.Script] } };
                steps[difference] = step;
                (part.ComesLast ? after : before).Add(difference);
            }
        }

        return new Comparison(comparison.Server, [.. before, .. comparison.All, .. after], comparison.NotChecked);
    }

    public async Task<IClusterLease> TakeLeaseAsync(string holder, TimeSpan wait, IProgressSink progress, CancellationToken cancel) => new PartsLease(await inner.TakeLeaseAsync(holder, wait, progress, cancel), steps);

    public Task<AdoptedCluster> AdoptAsync(IProgressSink progress, CancellationToken cancel) => inner.AdoptAsync(progress, cancel);

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await host.DisposeAsync();
    }

    private sealed class PartsLease(IClusterLease inner, IReadOnlyDictionary<Difference, ClusterPartStep> steps) : IClusterLease
    {
        public CancellationToken Lost => inner.Lost;

        public async Task CorrectAsync(Difference difference, CancellationToken cancel)
        {
            if (!steps.TryGetValue(difference, out var step))
            {
                await inner.CorrectAsync(difference, cancel);
                return;
            }

            try
            {
                await step.DoAsync(cancel);
            }
            catch (LockkeeperException e)
            {
                throw new StepFailedException(e, leftTraces: true);
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
