using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.PostgreSql.Exporting;
using Lockkeeper.Provision.PostgreSql.Profiles;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>How many connections to the server a pool has.</summary>
internal static class PoolSizes
{
    /// <summary>PostgreSQL's own default.</summary>
    private const int StandardConnections = 100;

    private const int Least = 2;

    private const int Most = 100;

    /// <summary>
    /// The size of a pool, of which there is one for each pair of database and role: a fifth of max_connections is left for those who connect directly (migrations, backups,
    /// monitoring, superusers), and the rest divided, so that no burst of clients reaches the server's limit.
    /// </summary>
    public static int Of(ClusterConfig cluster)
    {
        var pooler = cluster.Pooler!.Value;
        if (pooler.PoolSize is { } declared)
            return declared;
        var roles = Math.Max(1, cluster.Roles.Values.Count(role => role.Value.Login));
        return Math.Clamp(MaxConnections(cluster) * 4 / 5 / (Math.Max(1, Databases(cluster).Count) * roles), Least, Most);
    }

    /// <summary>The databases that would be pooled if the pooler could write their names.</summary>
    public static IEnumerable<string> NotPooled(ClusterConfig cluster) => cluster.Pooler!.Value.Databases.Count > 0 ? [] : cluster.Databases.Keys.Where(name => !PoolerConfig.CanName(name));

    /// <summary>The pooled databases with what is different for each.</summary>
    public static IReadOnlyList<(string Name, PoolConfig? Pool)> Databases(ClusterConfig cluster)
    {
        var named = cluster.Pooler!.Value.Databases;
        return named.Count > 0 ? [.. named.Select(one => (one.Key, (PoolConfig?)one.Value.Value))] : [.. cluster.Databases.Keys.Where(PoolerConfig.CanName).Select(name => (name, (PoolConfig?)null))];
    }

    /// <summary>The most connections that the server takes, as declared or computed.</summary>
    public static int MaxConnections(ClusterConfig cluster)
    {
        var text = cluster.Parameters.FirstOrDefault(one => string.Equals(one.Key, "max_connections", StringComparison.OrdinalIgnoreCase)).Value?.Value;
        if (text is null && cluster is { Size: { } size, Profile: { Value: not "none" } profile })
            text = ParameterProfile.Compute(profile.Value, size).First(one => one.Name == "max_connections").Value;
        return int.TryParse(ParameterCatalog.Plain("max_connections", text ?? ""), CultureInfo.InvariantCulture, out var number) ? number : StandardConnections;
    }
}
