using System.Text;
using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>What each statement has cost, of all that pg_stat_statements knows, as numbers only: reading its texts costs 25 times as much.</summary>
/// <remarks>Rates are for whoever has two scrapes: choosing the top before the difference is taken makes false rates of statements that come and go.</remarks>
internal sealed class Statements : ICollector
{
    private const string Topic = "statements";
    private const string Extension = "pg_stat_statements";

    private static readonly string[] labels = ["user", "datname", "queryid", "toplevel"];

    /// <summary>The columns of the extension, whose version is not the server's: it is updated by hand.</summary>
    private static readonly (MetricDescription Metric, string Sql, int Since, int Until)[] columns =
    [
        (Counter("pg_stat_statements_calls_total", "Times that it was executed."), "calls", 0, 0),
        (Counter("pg_stat_statements_seconds_total", "Time spent executing it."), "total_exec_time / 1000", 0, 0),
        (Counter("pg_stat_statements_rows_total", "Rows that it returned or changed."), "rows", 0, 0),
        (Counter("pg_stat_statements_block_read_seconds_total", "Time spent reading blocks; needs track_io_timing."), "blk_read_time / 1000", 0, 110),
        (Counter("pg_stat_statements_block_read_seconds_total", "Time spent reading blocks; needs track_io_timing."), "shared_blk_read_time / 1000", 111, 0),
        (Counter("pg_stat_statements_block_write_seconds_total", "Time spent writing blocks; needs track_io_timing."), "blk_write_time / 1000", 0, 110),
        (Counter("pg_stat_statements_block_write_seconds_total", "Time spent writing blocks; needs track_io_timing."), "shared_blk_write_time / 1000", 111, 0),
        (Counter("lockkeeper_statement_plan_seconds_total", "Time spent planning it; needs pg_stat_statements.track_planning."), "total_plan_time / 1000", 0, 0),
        (Counter("lockkeeper_statement_shared_blocks_hit_total", "Blocks that were found in shared buffers."), "shared_blks_hit", 0, 0),
        (Counter("lockkeeper_statement_shared_blocks_read_total", "Blocks that were read from the operating system."), "shared_blks_read", 0, 0),
        (Counter("lockkeeper_statement_shared_blocks_dirtied_total", "Blocks that it was the first to change."), "shared_blks_dirtied", 0, 0),
        (Counter("lockkeeper_statement_temp_blocks_total", "Blocks of temporary files that it read and wrote."), "temp_blks_read + temp_blks_written", 0, 0),
        (Counter("lockkeeper_statement_wal_bytes_total", "Bytes of WAL that it wrote."), "wal_bytes", 0, 0),
    ];

    private static readonly MetricDescription evicted = new("lockkeeper_statements_evicted_total", MetricKind.Counter, "Times that the least used statements were thrown out because there were more than pg_stat_statements.max: their numbers begin anew.") { Topic = Topic, Extension = Extension, Since = 14 };
    private static readonly MetricDescription reset = new("lockkeeper_statements_reset_timestamp_seconds", MetricKind.Gauge, "When all numbers were set to zero last.") { Topic = Topic, Extension = Extension, Since = 14 };
    private static readonly MetricDescription entries = new("lockkeeper_statements_entries", MetricKind.Gauge, "Statements that the extension keeps.") { Topic = Topic, Extension = Extension, Grant = "pg_read_all_stats" };

    private readonly StatementTexts texts;

    private Statements(StatementTexts texts) => this.texts = texts;

    public static ICollector Create(StatementTexts texts) => new Statements(texts);

    public string Name => Topic;

    public CollectorScope Scope => CollectorScope.Server;

    public IReadOnlyList<MetricDescription> Metrics { get; } = [.. columns.Select(column => column.Metric).DistinctBy(metric => metric.Name), evicted, reset, entries];

    public async Task CollectAsync(CollectorCall call, CancellationToken cancel)
    {
        var extension = call.Can.Extensions[Extension];
        if (call.Can.WhyNot(entries) is null)
            await NumbersAsync(call, extension, cancel);
        if (call.Can.WhyNot(evicted) is null && Number(extension.Version) >= 109)
        {
            var info = await call.Session.CommandAsync($"/* lk:observe.statements.info */ SELECT dealloc::float8, extract(epoch FROM stats_reset)::float8 FROM {extension.Schema}.pg_stat_statements_info", cancel);
            await using var reader = await info.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            call.Samples.Add(evicted, reader.GetDouble(0));
            call.Samples.Add(reset, reader.GetDouble(1));
        }
    }

    private async Task NumbersAsync(CollectorCall call, InstalledExtension extension, CancellationToken cancel)
    {
        var version = Number(extension.Version);
        var chosen = columns.Where(column => (column.Since == 0 || version >= column.Since) && (column.Until == 0 || version <= column.Until)).ToArray();
        var sql = new StringBuilder("/* lk:observe.statements */ SELECT pg_get_userbyid(s.userid)::text, coalesce(d.datname::text, s.dbid::text), coalesce(s.queryid, 0), ")
            .Append(version >= 109 ? "s.toplevel, " : "true, ")
            .AppendJoin(", ", chosen.Select(column => $"({column.Sql})::float8"))
            .Append($" FROM {extension.Schema}.pg_stat_statements(false) s LEFT JOIN pg_database d ON d.oid = s.dbid");
        var command = await call.Session.CommandAsync(sql.ToString(), cancel);
        var values = chosen.Select(column => call.Samples.Of(column.Metric)).ToArray();
        var (names, ids) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<long>());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetInt64(2);
            ids.Add(id);
            var row = call.Known(values[0].Metric, values[0].Values.Count, [Shared(reader.GetString(0)), Shared(reader.GetString(1)), texts.Label(id), reader.GetBoolean(3) ? "true" : "false"]);
            for (var i = 0; i < values.Length; i++)
                values[i].Add(reader.GetDouble(4 + i), row);
        }

        texts.Seen(ids);
        call.Samples.Add(entries, ids.Count);

        string Shared(string name) => names.TryGetValue(name, out var known) ? known : names[name] = name;
    }

    /// <summary>1.10 as 110.</summary>
    private static int Number(string version) => version.Split('.') is [var major, var minor] && int.TryParse(major, out var high) && int.TryParse(minor, out var low) ? (high * 100) + low : 0;

    private static MetricDescription Counter(string name, string help) => new(name, MetricKind.Counter, help, labels) { Topic = Topic, Extension = Extension, Grant = "pg_read_all_stats" };
}
