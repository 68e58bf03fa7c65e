using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>How much each index is used, and the same summed over the indexes of each table. Takes no lock on any of them.</summary>
internal sealed class Indexes : ICollector
{
    private static readonly string[] ofIndex = ["datname", "schemaname", "relname", "indexrelname"];
    private static readonly string[] ofTable = ["datname", "schemaname", "relname"];

    private static readonly MetricDescription scans = Counter("pg_stat_user_indexes_idx_scan_total", "Scans of the index.", ofIndex);
    private static readonly MetricDescription fetched = Counter("pg_stat_user_indexes_idx_tup_fetch_total", "Rows that scans of the index fetched.", ofIndex);
    private static readonly MetricDescription read = Counter("pg_statio_user_indexes_idx_blks_read_total", "Blocks of the index that were read from the operating system.", ofIndex);
    private static readonly MetricDescription hit = Counter("pg_statio_user_indexes_idx_blks_hit_total", "Blocks of the index that were found in shared buffers.", ofIndex);
    private static readonly MetricDescription tableScans = Counter("pg_stat_user_tables_idx_scan", "Scans of any index of the table.", ofTable);
    private static readonly MetricDescription tableFetched = Counter("pg_stat_user_tables_idx_tup_fetch", "Rows that scans of any index of the table fetched.", ofTable);
    private static readonly MetricDescription tableRead = Counter("pg_statio_user_tables_idx_blocks_read", "Blocks of all indexes of the table that were read from the operating system.", ofTable);
    private static readonly MetricDescription tableHit = Counter("pg_statio_user_tables_idx_blocks_hit", "Blocks of all indexes of the table that were found in shared buffers.", ofTable);

    public static ICollector Create() => new Indexes();

    public string Name => "indexes";

    public CollectorScope Scope => CollectorScope.Database;

    public IReadOnlyList<MetricDescription> Metrics { get; } = [scans, fetched, read, hit, tableScans, tableFetched, tableRead, tableHit];

    public async Task CollectAsync(CollectorCall call, CancellationToken cancel)
    {
        // Indexes of a table stand together, so that its sum is known when the next one begins. Bitmap scans fetch rows through the table's own counter.
        var command = await call.Session.CommandAsync(
            """
            /* lk:observe.indexes */
            SELECT n.nspname::text, t.relname::text, x.relname::text, pg_stat_get_numscans(x.oid)::float8, pg_stat_get_tuples_fetched(x.oid)::float8,
                   (pg_stat_get_blocks_fetched(x.oid) - pg_stat_get_blocks_hit(x.oid))::float8, pg_stat_get_blocks_hit(x.oid)::float8, t.oid, pg_stat_get_tuples_fetched(t.oid)::float8
            FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
            WHERE t.relkind IN ('r', 'm') AND x.relkind = 'i' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            ORDER BY t.oid
            """,
            cancel);
        var samples = call.Samples;
        MetricValues[] columns = [samples.Of(scans), samples.Of(fetched), samples.Of(read), samples.Of(hit)];
        MetricValues[] sums = [samples.Of(tableScans), samples.Of(tableFetched), samples.Of(tableRead), samples.Of(tableHit)];
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (datname, schema, table, last) = (call.Can.Database, "", "", 0u);
        double[] sum = [0, 0, 0, 0];
        while (await reader.ReadAsync(cancel))
        {
            if (reader.GetFieldValue<uint>(7) is var oid && oid != last)
            {
                End();
                (last, table, sum) = (oid, reader.GetString(1), [0, reader.GetDouble(8), 0, 0]);
                if (reader.GetString(0) is var next && next != schema)
                    schema = next;
            }

            var row = call.Known(scans, columns[0].Values.Count, [datname, schema, table, reader.GetString(2)]);
            for (var i = 0; i < columns.Length; i++)
            {
                var value = reader.GetDouble(3 + i);
                columns[i].Add(value, row);
                sum[i] += value;
            }
        }

        End();

        void End()
        {
            if (last == 0)
                return;
            var row = call.Known(tableScans, sums[0].Values.Count, [datname, schema, table]);
            for (var i = 0; i < sums.Length; i++)
                sums[i].Add(sum[i], row);
        }
    }

    private static MetricDescription Counter(string name, string help, string[] labels) => new(name, MetricKind.Counter, help, labels) { Topic = "indexes" };
}
