using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql;

namespace Lockkeeper.Observe.Targets;

/// <summary>What a project declares that can be observed: its clusters, and the targets of environments that no cluster stands for.</summary>
internal static class DeclaredTargets
{
    /// <summary>How the name of a pooler begins: no cluster and no environment has such a name.</summary>
    private const string Pooler = "pgbouncer://";

    private const string Backups = "backup://";

    private static readonly HashSet<string> ofMetrics = [.. MetricCatalogue.All.SelectMany(metric => metric.Labels), "target", "environment", "node"];

    /// <summary>All of them, by name.</summary>
    /// <param name="workspace">The project.</param>
    /// <param name="sources">What other duties know.</param>
    public static IReadOnlyList<MonitoredTarget> Of(Workspace workspace, TargetSources sources)
    {
        var declared = ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include);
        var clusters = declared.Where(cluster => cluster.Admin.Value.Length > 0).ToList();
        var covered = clusters.Select(cluster => cluster.Environment?.Value).Where(name => name is not null).ToHashSet(StringComparer.Ordinal);
        var pooled = clusters.Where(sources.Poolers.IsReachable).ToList();
        IEnumerable<MonitoredTarget> all =
        [
            .. clusters.SelectMany(cluster => OfCluster(cluster, workspace)),
            .. OfEnvironments(workspace, covered),
            .. pooled.Select(cluster => OfPooler(cluster, sources.Poolers, workspace)),
            .. OfPoolers(workspace, pooled),
            .. declared.Where(sources.Backups.IsDeclared).Select(cluster => OfBackups(cluster, sources.Backups, workspace)),
        ];
        return [.. all.OrderBy(target => target.Name, StringComparer.Ordinal)];
    }

    /// <summary>The pooler in front of a cluster; null where none is known.</summary>
    public static MonitoredTarget? PoolerOf(MonitoredTarget target, IReadOnlyList<MonitoredTarget> all) =>
        target.AllDatabases ? all.FirstOrDefault(one => one.Engine == MonitoredTarget.PgBouncer && one.Name == Pooler + target.Name.Split('/')[0]) : null;

    private static IEnumerable<MonitoredTarget> OfCluster(ClusterConfig cluster, Workspace workspace)
    {
        if (cluster.Nodes.Count <= 1)
            return [OfNode(cluster, null, workspace)];
        return cluster.Nodes.Select(node => OfNode(cluster, node.Value, workspace));
    }

    private static MonitoredTarget OfNode(ClusterConfig cluster, NodeConfig? node, Workspace workspace)
    {
        var name = node is null ? cluster.Name : $"{cluster.Name}/{node.Name}";
        return new MonitoredTarget(cancel => TargetUrl.OfAsync(cluster, node, workspace, cancel)) { Name = name, Engine = MonitoredTarget.PostgreSql, Labels = Labels(cluster, node, name), AllDatabases = true };
    }

    private static MonitoredTarget OfPooler(ClusterConfig cluster, IPoolerAccess poolers, Workspace workspace) =>
        new(cancel => poolers.UrlAsync(cluster, workspace, cancel)) { Name = Pooler + cluster.Name, Engine = MonitoredTarget.PgBouncer, Labels = Labels(cluster, null, Pooler + cluster.Name) };

    private static MonitoredTarget OfBackups(ClusterConfig cluster, IBackupWatch backups, Workspace workspace)
    {
        // What a look says meanwhile is for the verbs of backups.
        var silent = workspace.With(new SilentProgress());
        return new(cancel => TargetUrl.OfAsync(cluster, null, workspace, cancel))
        {
            Name = Backups + cluster.Name, Engine = MonitoredTarget.Backups, Labels = Labels(cluster, null, Backups + cluster.Name), BackupsAsync = cancel => backups.ReadAsync(cluster, silent, cancel),
        };
    }

    /// <summary>The poolers of <c>observe: poolers:</c>, which somebody else keeps.</summary>
    private static IEnumerable<MonitoredTarget> OfPoolers(Workspace workspace, IReadOnlyList<ClusterConfig> pooled) => workspace.Config.Observe.Poolers.Select(one => pooled.Any(cluster => cluster.Name == one.Key)
        ? throw new LockkeeperException(KernelErrors.ConfigBadValue, $"'observe: poolers:' has the name '{one.Key}', and the pooler of the cluster {one.Key} is observed by itself", "Give it another name, or take it out.")
        : new MonitoredTarget(cancel => workspace.Secrets.ResolveAsync(one.Value, cancel)) { Name = Pooler + one.Key, Engine = MonitoredTarget.PgBouncer, Labels = [new("target", Pooler + one.Key)] });

    private static List<KeyValuePair<string, string>> Labels(ClusterConfig cluster, NodeConfig? node, string name)
    {
        var labels = new List<KeyValuePair<string, string>> { new("target", name) };
        if (cluster.Environment is { } environment)
            labels.Add(new("environment", environment.Value));
        if (node is not null)
            labels.Add(new("node", node.Name));
        // Two labels of one name would make the whole page unreadable; Prometheus itself renames in the same way.
        foreach (var (label, value) in (cluster.Monitoring?.Value.Labels ?? new Dictionary<string, Placed<string>>()).OrderBy(one => one.Key, StringComparer.Ordinal))
            labels.Add(new(ofMetrics.Contains(label) ? "exported_" + label : label, value.Value));
        return labels;
    }

    private static IEnumerable<MonitoredTarget> OfEnvironments(Workspace workspace, HashSet<string?> covered)
    {
        var ours = workspace.Config.Databases.Where(database => database.Engine == MonitoredTarget.PostgreSql).Select(database => database.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var environment in workspace.Config.Environments.Where(one => !covered.Contains(one.Name)))
        {
            foreach (var (database, target) in environment.Targets.Where(one => ours.Contains(one.Key)))
            {
                var urls = target.WrittenUrls.ToList();
                for (var i = 0; i < urls.Count; i++)
                {
                    var (url, name) = (urls[i].Text, $"{environment.Name}/{database}{(urls.Count == 1 ? "" : "/" + (i + 1).ToString(CultureInfo.InvariantCulture))}");
                    yield return new MonitoredTarget(cancel => workspace.Secrets.ResolveAsync(url, cancel))
                    {
                        Name = name,
                        Engine = MonitoredTarget.PostgreSql,
                        Labels = [new("target", name), new("environment", environment.Name)],
                    };
                }
            }
        }
    }
}
