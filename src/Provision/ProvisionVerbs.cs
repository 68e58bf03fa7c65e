using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.PostgreSql;
using Lockkeeper.Provision.PostgreSql.Monitoring;
using Lockkeeper.Provision.Rds;

namespace Lockkeeper.Provision;

/// <summary>The verbs of the Provision duty.</summary>
public static class ProvisionVerbs
{
    private static readonly IClusterEngine[] Engines = [new PostgreSqlEngine(), .. RdsEngine.All];

    /// <summary>All of them, in the order of the help.</summary>
    /// <param name="parts">What other duties add to clusters.</param>
    public static IReadOnlyList<Verb> Declare(IReadOnlyList<IClusterPart> parts) => Declare(new ClusterChoice(Engines, [new MonitoringPart(), .. parts]));

    private static IReadOnlyList<Verb> Declare(ClusterChoice clusters) =>
    [
        Verbs.Plan.Declare(clusters),
        Verbs.Apply.Declare(clusters),
        Verbs.Drift.Declare(clusters),
        Verbs.Adopt.Declare(clusters),
        Verbs.Render.Declare(clusters),
        Verbs.Destroy.Declare(clusters),
        Verbs.Export.Declaration,
        Verbs.Inventory.Declaration,
    ];
}
