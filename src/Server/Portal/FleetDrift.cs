using System.Collections.Concurrent;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Portal;

/// <summary>What the last looks for drift have found, as the ledger has them. It is read once; after that only what was added.</summary>
internal sealed class FleetDrift
{
    /// <summary>The verbs that read only, after which more is known.</summary>
    public static readonly IReadOnlyList<string> LookingVerbs = ["migrate verify", "migrate plan", "provision drift", "provision plan"];

    private readonly ConcurrentDictionary<(DriftOf Of, string? Environment, string Name), DriftCheck> last = new();
    private ILookup<string, DeclaredCluster> clusters = Array.Empty<DeclaredCluster>().ToLookup(cluster => cluster.Environment, StringComparer.Ordinal);
    private long read;

    /// <summary>Reads what was added, and which clusters there are.</summary>
    public async Task ReadAsync(Workspace workspace, CancellationToken cancel)
    {
        // What is appended while it is read is read again the next time; the later look of two counts, whatever their order.
        var head = (await workspace.Ledger.HeadAsync(cancel))?.Number ?? 0;
        await foreach (var entry in workspace.Ledger.ReadAsync(new LedgerFilter { Kinds = DriftCheck.Kinds, After = read }, cancel))
        {
            if (DriftCheck.Read(entry) is { } look)
                last[(look.Of, look.Environment, look.Name)] = look;
        }

        read = head;
        clusters = ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include)
            .Select(cluster => new DeclaredCluster(cluster.Name, cluster.Environment?.Value ?? "", cluster.Databases.Keys.ToHashSet(StringComparer.Ordinal))).ToLookup(cluster => cluster.Environment, StringComparer.Ordinal);
    }

    /// <summary>What is known of a database in an environment: of its schema, and of the cluster that it stands in.</summary>
    public IReadOnlyList<DriftPart> Of(string environment, string database) =>
        [new DriftPart("schema", last.GetValueOrDefault((DriftOf.Schema, environment, database))), .. ClustersOf(environment, database).Select(cluster => new DriftPart(cluster.Name, last.GetValueOrDefault((DriftOf.Cluster, environment, cluster.Name))))];

    /// <summary>Those that declare a database of this name; where none does, the only one of the environment, whose databases are then somebody else's to make.</summary>
    private IReadOnlyList<DeclaredCluster> ClustersOf(string environment, string database)
    {
        var here = clusters[environment].ToList();
        List<DeclaredCluster> naming = [.. here.Where(cluster => cluster.Databases.Contains(database))];
        return naming.Count > 0 || here.Count != 1 ? naming : here;
    }

    private sealed record DeclaredCluster(string Name, string Environment, HashSet<string> Databases);
}

/// <summary>What is known of the drift of one thing.</summary>
/// <param name="Name"><c>schema</c>, or the cluster's name.</param>
/// <param name="Last">The last look; null when nobody has looked, which is not the same as none.</param>
internal sealed record DriftPart(string Name, DriftCheck? Last);
