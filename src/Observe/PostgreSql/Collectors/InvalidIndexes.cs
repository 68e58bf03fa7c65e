using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Indexes that cost writes and serve no query: what a CREATE INDEX CONCURRENTLY has left that did not come to its end.</summary>
internal static class InvalidIndexes
{
    // One that is being built is invalid too, and nothing is wrong with it.
    private const string From =
        """
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT i.indisvalid AND c.relkind = 'i' AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid OR (p.relid = i.indrelid AND p.index_relid = 0))
        """;

    private static readonly MetricQuery count = new(
        "invalid_indexes", [new("datname", "current_database()")], [Gauge("lockkeeper_invalid_indexes", "count(*)", "Indexes that are not valid and are not being built.")], From);

    private static readonly MetricQuery names = new(
        "invalid_indexes.names",
        [new("datname", "current_database()"), new("schemaname", "n.nspname"), new("relname", "t.relname"), new("indexrelname", "c.relname")],
        [Gauge("lockkeeper_invalid_index", "1", "1 for each of them, at most 100.")],
        From + " ORDER BY c.oid LIMIT 100");

    public static ICollector Create() => new QueryCollector("invalid_indexes", CollectorScope.Database, count, names) { Interval = TimeSpan.FromMinutes(1) };
}
