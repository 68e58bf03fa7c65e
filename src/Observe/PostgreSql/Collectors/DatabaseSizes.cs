using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>How large each database is. The server goes through all its files for that.</summary>
internal static class DatabaseSizes
{
    private static readonly MetricQuery query = new(
        "database_sizes",
        [new("datname", "datname")],
        [Gauge("pg_database_size_bytes", "pg_database_size(oid)", "Size of the database.")],
        "FROM pg_database WHERE NOT datistemplate AND has_database_privilege(oid, 'CONNECT')");

    public static ICollector Create() => new QueryCollector("database_sizes", CollectorScope.Server, query) { Interval = TimeSpan.FromMinutes(1) };
}
