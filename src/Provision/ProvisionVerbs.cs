using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.PostgreSql;
using Lockkeeper.Provision.Rds;

namespace Lockkeeper.Provision;

/// <summary>The verbs of the Provision duty.</summary>
public static class ProvisionVerbs
{
    private static readonly IClusterEngine[] Engines = [new PostgreSqlEngine(), .. RdsEngine.All];

    private static readonly ClusterChoice Clusters = new(Engines);

    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Verb> All { get; } =
    [
        Verbs.Plan.Declare(Clusters),
        Verbs.Apply.Declare(Clusters),
        Verbs.Drift.Declare(Clusters),
        Verbs.Adopt.Declare(Clusters),
        Verbs.Render.Declare(Clusters),
        Verbs.Destroy.Declare(Clusters),
        Verbs.Export.Declaration,
        Verbs.Inventory.Declaration,
    ];
}
