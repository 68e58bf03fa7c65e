using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>How large tables and their indexes are.</summary>
/// <remarks>
/// Asking for a size takes a lock on the relation that waits for whoever holds or awaits an exclusive one, and then our statement would stand in that queue. So relations with such a lock
/// are not asked, nor is a table whose index or TOAST table has one; they keep the size that they had. A lock that comes in between ends the statement by lock_timeout.
/// </remarks>
internal sealed class Sizes : ICollector
{
    private static readonly string[] labels = ["datname", "schemaname", "relname"];
    private static readonly MetricDescription tableSize = Gauge("pg_stat_user_tables_table_size_bytes", "Size of the table with its TOAST table, without indexes.", labels);
    private static readonly MetricDescription indexSize = Gauge("pg_stat_user_tables_index_size_bytes", "Size of all indexes of the table.", labels);
    private static readonly MetricDescription skipped = Gauge("lockkeeper_sizes_skipped_tables", "Tables that were not asked for their size because they are exclusively locked.", "datname");

    private readonly Dictionary<uint, (double Table, double Indexes)> known = [];

    public static ICollector Create() => new Sizes();

    public string Name => "sizes";

    public CollectorScope Scope => CollectorScope.Database;

    public TimeSpan Interval => TimeSpan.FromMinutes(5);

    public IReadOnlyList<MetricDescription> Metrics { get; } = [tableSize, indexSize, skipped];

    public async Task CollectAsync(CollectorCall call, CancellationToken cancel)
    {
        var command = await call.Session.CommandAsync(
            """
            /* lk:observe.sizes */
            SELECT n.nspname::text, c.relname::text, c.oid, CASE WHEN l.free THEN pg_table_size(c.oid)::float8 END, CASE WHEN l.free THEN CASE WHEN c.relhasindex THEN pg_indexes_size(c.oid)::float8 ELSE 0 END END
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN LATERAL (SELECT NOT c.oid = ANY (ARRAY(
                SELECT held.relation FROM pg_locks held WHERE held.locktype = 'relation' AND held.mode = 'AccessExclusiveLock'
                UNION SELECT i.indrelid FROM pg_locks held JOIN pg_index i ON i.indexrelid = held.relation WHERE held.locktype = 'relation' AND held.mode = 'AccessExclusiveLock'
                UNION SELECT t.oid FROM pg_locks held JOIN pg_class t ON t.reltoastrelid = held.relation WHERE held.locktype = 'relation' AND held.mode = 'AccessExclusiveLock')) AS free) l
            WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            """,
            cancel);
        var (tables, indexes, missed, seen, schema) = (call.Samples.Of(tableSize), call.Samples.Of(indexSize), 0, new HashSet<uint>(), "");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var oid = reader.GetFieldValue<uint>(2);
            seen.Add(oid);
            if (await reader.IsDBNullAsync(3, cancel))
                missed++;
            else
                known[oid] = (reader.GetDouble(3), reader.GetDouble(4));
            if (!known.TryGetValue(oid, out var size))
                continue;
            if (reader.GetString(0) is var next && next != schema)
                schema = next;
            var row = call.Known(tableSize, tables.Values.Count, [call.Can.Database, schema, reader.GetString(1)]);
            tables.Add(size.Table, row);
            indexes.Add(size.Indexes, row);
        }

        foreach (var gone in known.Keys.Where(oid => !seen.Contains(oid)).ToList())
            known.Remove(gone);
        call.Samples.Add(skipped, missed, call.Can.Database);
    }

    private static MetricDescription Gauge(string name, string help, params string[] labels) => new(name, MetricKind.Gauge, help, labels) { Topic = "sizes" };
}
