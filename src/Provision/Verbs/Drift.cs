using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Running;

namespace Lockkeeper.Provision.Verbs;

/// <summary><c>lk provision drift</c>.</summary>
internal static class Drift
{
    private static readonly Parameter Watch = new("watch", ParameterKind.Flag, "Go on looking, and say what has come and what has gone, until it is stopped");

    private static readonly Parameter Every = new("every", ParameterKind.Duration, "With --watch: how long to wait between two looks") { Default = "1m" };

    public static Verb Declare(ClusterChoice clusters) => new()
    {
        Path = "provision drift",
        Summary = "find what was changed by hand in clusters",
        Details = "The same look as plan, for checks that run by themselves: exit code 1 when a cluster is not as declared, and 0 when each is. What is not declared and would be left as it is counts too.",
        Effect = VerbEffect.Reads,
        Parameters = [ClusterChoice.Name, Watch, Every],
        Examples = [new VerbExample("lk provision drift", "looks at every declared cluster"), new VerbExample("lk provision drift prod --watch --every 5m", "looks every five minutes")],
        ReportType = () => ProvisionJson.Default.ProvisionReport,
        Handler = (call, cancel) => HandleAsync(clusters, call, cancel),
    };

    private static async Task<Report> HandleAsync(ClusterChoice clusters, VerbCall call, CancellationToken cancel)
    {
        var (results, record) = (await LookAsync(clusters, call, cancel), new LookRecord(call.Workspace));
        await record.AddNewsAsync(results, cancel);
        if (!call.Flag(Watch))
            return DifferenceText.Of(results, dryRun: true, isDrift: true);
        var (known, workspace) = (new HashSet<string>(StringComparer.Ordinal), call.Workspace);
        while (true)
        {
            var now = results.SelectMany(result => result.Before.All.Select(one => $"{result.Cluster.Name}: {one.Words}")).ToHashSet(StringComparer.Ordinal);
            foreach (var came in now.Except(known))
                workspace.Progress.Say($"{workspace.Clock.GetUtcNow():HH:mm:ss} differs: {came}");
            foreach (var gone in known.Except(now))
                workspace.Progress.Say($"{workspace.Clock.GetUtcNow():HH:mm:ss} as declared again: {gone}");
            known = now;
            workspace.Progress.Now($"{now.Count} {(now.Count == 1 ? "difference" : "differences")}");
            await Task.Delay(call.Duration(Every) ?? TimeSpan.FromMinutes(1), workspace.Clock, cancel);
            try
            {
                results = await LookAsync(clusters, call, cancel);
                await record.AddNewsAsync(results, cancel);
            }
            catch (LockkeeperException e)
            {
                // A watch outlives a restart of the server that it looks at.
                workspace.Progress.Say($"{workspace.Clock.GetUtcNow():HH:mm:ss} not looked at: {e.Message}");
            }
        }
    }

    private static async Task<IReadOnlyList<ProvisionResult>> LookAsync(ClusterChoice clusters, VerbCall call, CancellationToken cancel)
    {
        var results = new List<ProvisionResult>();
        foreach (var cluster in ClusterChoice.Of(call))
        {
            await using var target = await clusters.OpenAsync(cluster, call.Workspace, cancel);
            results.Add(new ProvisionResult(cluster, target.Name, await target.CompareAsync(call.Workspace.Progress, cancel)));
        }

        return results;
    }
}
