using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>How much of tables and B-tree indexes is empty, estimated from the planner's statistics.</summary>
/// <remarks>
/// After ioguix' pgsql-bloat-estimation: rows times their average width, with headers and alignment, against the pages that there are. Wrong by some ten percent on a good day, and useless where statistics
/// are old: a reason to look with pgstattuple, not to rebuild. Only tables that the role may read: pg_stats shows no others.
/// </remarks>
internal static class Bloat
{
    private const string Grant = "SELECT on the tables";

    // 24 bytes of page header and 28 of row header with line pointer, rows aligned to 8 bytes.
    private const string Tables =
        """
        FROM (SELECT n.nspname, c.relname, c.relpages::float8 * current_setting('block_size')::int AS bytes,
                     greatest(0, c.relpages - ceil(c.reltuples * (28 + 8 * ceil(s.width / 8)) / ((current_setting('block_size')::int - 24) * coalesce((SELECT option_value::float8 FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'), 100) / 100)))
                         * current_setting('block_size')::int AS wasted
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN LATERAL (SELECT sum((1 - null_frac) * avg_width) AS width FROM pg_stats WHERE schemaname = n.nspname AND tablename = c.relname AND NOT inherited) s ON s.width IS NOT NULL
              WHERE c.relkind IN ('r', 'm') AND c.relpages > 128 AND c.reltuples > 0 AND n.nspname NOT IN ('pg_catalog', 'information_schema')) b
        WHERE b.wasted > 0 ORDER BY b.wasted DESC LIMIT 50
        """;

    // An entry of a B-tree is a line pointer, 8 bytes of header and the key; pages are filled to 90 %. Equal keys that are stored once are not known of: such indexes look less bloated than they are.
    private const string Indexes =
        """
        FROM (SELECT n.nspname, t.relname, x.relname AS indexrelname, x.relpages::float8 * current_setting('block_size')::int AS bytes,
                     greatest(0, x.relpages - ceil(x.reltuples * (4 + 8 * ceil((8 + s.width) / 8)) / ((current_setting('block_size')::int - 40) * coalesce((SELECT option_value::float8 FROM pg_options_to_table(x.reloptions) WHERE option_name = 'fillfactor'), 90) / 100)))
                         * current_setting('block_size')::int AS wasted
              FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
              JOIN LATERAL (SELECT sum((1 - p.null_frac) * p.avg_width) AS width, count(*) AS known FROM pg_attribute a JOIN pg_stats p ON p.schemaname = n.nspname AND p.tablename = t.relname AND p.attname = a.attname AND NOT p.inherited
                            WHERE a.attrelid = t.oid AND a.attnum = ANY (i.indkey)) s ON s.known = i.indnatts
              WHERE x.relkind = 'i' AND x.relpages > 128 AND x.reltuples > 0 AND NOT 0 = ANY (i.indkey) AND n.nspname NOT IN ('pg_catalog', 'information_schema')) b
        WHERE b.wasted > 0 ORDER BY b.wasted DESC LIMIT 50
        """;

    private static readonly MetricQuery tables = new(
        "bloat",
        [new("datname", "current_database()"), new("schemaname", "b.nspname"), new("relname", "b.relname")],
        [Gauge("lockkeeper_table_bloat_bytes", "b.wasted", "Bytes of the table that are empty, estimated; the 50 with most."), Gauge("lockkeeper_table_bloat_ratio", "b.wasted / b.bytes", "Share of the table that is empty, estimated.")],
        Tables, Grant);

    private static readonly MetricQuery indexes = new(
        "bloat.indexes",
        [new("datname", "current_database()"), new("schemaname", "b.nspname"), new("relname", "b.relname"), new("indexrelname", "b.indexrelname")],
        [Gauge("lockkeeper_index_bloat_bytes", "b.wasted", "Bytes of the B-tree that are empty, estimated; the 50 with most."), Gauge("lockkeeper_index_bloat_ratio", "b.wasted / b.bytes", "Share of the B-tree that is empty, estimated.")],
        Indexes, Grant);

    public static ICollector Create() => new QueryCollector("bloat", CollectorScope.Database, tables, indexes) { Interval = TimeSpan.FromHours(1) };
}
