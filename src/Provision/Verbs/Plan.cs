using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Running;

namespace Lockkeeper.Provision.Verbs;

/// <summary><c>lk provision plan</c>.</summary>
internal static class Plan
{
    private static readonly Parameter Sql = new("sql", ParameterKind.Flag, "Print the statements that would be sent, without secrets");

    public static Verb Declare(ClusterChoice clusters) => new()
    {
        Path = "provision plan",
        Summary = "show how clusters differ from their declarations, and what apply would do",
        Details = "Reads parameters, roles, memberships, databases, extensions, schemas, privileges and row security from the server and holds them against clusters/NAME.yaml. Each difference says what it costs (reload, restart, "
            + "new sessions) and what it takes away from whom. Changes nothing.",
        Effect = VerbEffect.Reads,
        Parameters = [ClusterChoice.Name, Sql],
        Examples = [new VerbExample("lk provision plan shop-prod", "shows what apply would change in the cluster"), new VerbExample("lk provision plan prod --sql", "prints the statements for all clusters of an environment")],
        ReportType = () => ProvisionJson.Default.ProvisionReport,
        Handler = (call, cancel) => HandleAsync(clusters, call, cancel),
    };

    private static async Task<Report> HandleAsync(ClusterChoice clusters, VerbCall call, CancellationToken cancel)
    {
        var results = new List<ProvisionResult>();
        foreach (var cluster in ClusterChoice.Of(call))
        {
            await using var target = await clusters.OpenAsync(cluster, call.Workspace, cancel);
            results.Add(await new ProvisionRun(cluster, target, call.Workspace, new ProvisionOptions(DryRun: true, Yes: false, default)).RunAsync(cancel));
            await LookRecord.AddAsync(call.Workspace, results[^1], cancel);
        }

        var report = DifferenceText.Of(results, dryRun: true, isDrift: false);
        return call.Flag(Sql)
            ? report.WithText([new Code(string.Join("\n", results.SelectMany(result => result.Before.Corrected).SelectMany(difference => new[] { $"-- {difference.Words}{(difference.Remedy!.Database is { } database ? $" (in {database})" : "")}" }.Concat(difference.Remedy.Shown.Select(one => difference.Remedy.Act is null ? one + ";" : $"-- {one}")))), "sql")])
            : report;
    }
}
