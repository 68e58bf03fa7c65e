using Lockkeeper.Observe.Metrics;
using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>How much WAL there is and is written.</summary>
internal static class Wal
{
    private static readonly MetricQuery files = new(
        "wal.files", [],
        [Gauge("pg_wal_segments", "count(*)", "Files in pg_wal."), Gauge("pg_wal_size_bytes", "coalesce(sum(size), 0)", "Their size.")],
        // Files of the timeline's history and of backups have longer names.
        "FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'",
        "pg_monitor");

    private static readonly MetricQuery written = new(
        "wal", [],
        [
            Counter("lockkeeper_wal_records_total", "wal_records", "WAL records.", since: 14),
            Counter("lockkeeper_wal_full_page_images_total", "wal_fpi", "Images of whole pages in WAL.", since: 14),
            Counter("lockkeeper_wal_bytes_total", "wal_bytes", "Bytes of WAL.", since: 14),
            Counter("lockkeeper_wal_buffers_full_total", "wal_buffers_full", "Times that WAL was written because its buffers were full.", since: 14),
            Counter("lockkeeper_wal_write_seconds_total", "wal_write_time / 1000.0", "Time spent writing WAL; needs track_wal_io_timing. From 18 on it is in the topic io.", since: 14, until: 17),
            Counter("lockkeeper_wal_sync_seconds_total", "wal_sync_time / 1000.0", "Time spent synchronising WAL; needs track_wal_io_timing. From 18 on it is in the topic io.", since: 14, until: 17),
        ],
        "FROM pg_stat_wal");

    private static readonly MetricQuery place = new(
        "wal.place", [],
        [Counter("lockkeeper_wal_written_bytes_total", "pg_current_wal_lsn() - '0/0'::pg_lsn", "Up to where WAL was written.")],
        "", role: ServerRole.Primary);

    public static ICollector Create() => new QueryCollector("wal", CollectorScope.Server, files, written, place);
}
