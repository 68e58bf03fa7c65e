using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Reads and writes by who does them, on what and in which manner.</summary>
internal static class InputOutput
{
    private static readonly MetricQuery query = new(
        "io",
        [new("backend_type", "backend_type"), new("object", "object"), new("context", "context")],
        [
            Counter("lockkeeper_io_reads_total", "reads", "Reads.", since: 16),
            Counter("lockkeeper_io_read_bytes_total", "read_bytes", "Bytes read.", since: 18),
            Counter("lockkeeper_io_read_seconds_total", "read_time / 1000.0", "Time spent reading; needs track_io_timing.", since: 16),
            Counter("lockkeeper_io_writes_total", "writes", "Writes.", since: 16),
            Counter("lockkeeper_io_write_bytes_total", "write_bytes", "Bytes written.", since: 18),
            Counter("lockkeeper_io_write_seconds_total", "write_time / 1000.0", "Time spent writing; needs track_io_timing.", since: 16),
            Counter("lockkeeper_io_extends_total", "extends", "Times that a file was made longer.", since: 16),
            Counter("lockkeeper_io_hits_total", "hits", "Blocks that were found in shared buffers.", since: 16),
            Counter("lockkeeper_io_evictions_total", "evictions", "Blocks that were thrown out of shared buffers to make room.", since: 16),
            Counter("lockkeeper_io_fsyncs_total", "fsyncs", "Times that a file was synchronised.", since: 16),
        ],
        "FROM pg_stat_io");

    public static ICollector Create() => new QueryCollector("io", CollectorScope.Server, query);
}
