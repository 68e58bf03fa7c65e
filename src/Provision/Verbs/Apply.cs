using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Running;

namespace Lockkeeper.Provision.Verbs;

/// <summary><c>lk provision apply</c>.</summary>
internal static class Apply
{
    private static readonly Parameter LockTimeout = new("lock-timeout", ParameterKind.Duration, "How long to wait for another runner of the same cluster") { Default = "5m" };

    private static readonly Parameter Restart = new("restart", ParameterKind.Flag, "Restart instances that the program keeps for what needs that; 'instance: { restart: allowed }' in a declaration says the same for good");

    public static Verb Declare(ClusterChoice clusters) => new()
    {
        Path = "provision apply",
        Summary = "make clusters as they are declared",
        Details = "Corrects every difference that plan shows, in a safe order, and reads everything again until nothing is left. A run that was killed is gone on with by the next one. What takes something away needs --yes, or the approval "
            + "that the cluster's environment asks for. Parameters that need a restart are set, and the report says that they wait for it. With the key instance the server itself is made and kept too: the time of each step is printed.",
        Effect = VerbEffect.Changes,
        Parameters = [ClusterChoice.Name, LockTimeout, Restart],
        Examples = [new VerbExample("lk provision apply shop-dev", "makes the cluster as clusters/shop-dev.yaml says"), new VerbExample("lk provision apply prod --dry-run", "shows what would be changed in all clusters of an environment")],
        ReportType = () => ProvisionJson.Default.ProvisionReport,
        Handler = (call, cancel) => HandleAsync(clusters, call, cancel),
    };

    private static async Task<Report> HandleAsync(ClusterChoice clusters, VerbCall call, CancellationToken cancel)
    {
        var results = new List<ProvisionResult>();
        foreach (var declared in ClusterChoice.Of(call))
        {
            var cluster = call.Flag(Restart) && declared.Instance is { } instance ? declared with { Instance = instance with { Value = instance.Value with { MayRestart = true } } } : declared;
            await using var target = await clusters.OpenAsync(cluster, call.Workspace, cancel);
            results.Add(await new ProvisionRun(cluster, target, call.Workspace, new ProvisionOptions(call.DryRun, call.Yes, call.Duration(LockTimeout) ?? TimeSpan.FromMinutes(5))).RunAsync(cancel));
            if (results[^1].Error is not null && !call.DryRun)
                break;
        }

        return DifferenceText.Of(results, call.DryRun, isDrift: false);
    }
}
