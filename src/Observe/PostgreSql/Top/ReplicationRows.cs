using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Top;

namespace Lockkeeper.Observe.PostgreSql.Top;

/// <summary>Replication and slots as rows, from what their collectors have read.</summary>
internal static class ReplicationRows
{
    public static IReadOnlyList<TopStandby> Standbys(SampleSet samples) =>
    [
        .. Rows(samples, "pg_stat_replication_pg_current_wal_lsn_bytes", "application_name", "client_addr", "state", "slot_name").Select(row => new TopStandby(
            row["application_name"], row["client_addr"], row["state"], Value(samples, "pg_stat_replication_pg_wal_lsn_diff", row), Value(samples, "lockkeeper_replication_replay_lag_seconds", row),
            Value(samples, "lockkeeper_replication_is_sync", row) == 1)),
    ];

    public static IReadOnlyList<TopSlot> Slots(SampleSet samples) =>
    [
        .. Rows(samples, "pg_replication_slots_active", "slot_name", "slot_type").Select(row => new TopSlot(
            row["slot_name"], row["slot_type"], Value(samples, "pg_replication_slots_active", row) == 1, Value(samples, "pg_replication_slots_pg_wal_lsn_diff", row),
            samples.All("pg_replication_slots_wal_status").Where(sample => Holds(sample, row)).Select(sample => Label(sample, "wal_status")).FirstOrDefault(""))),
    ];

    public static TopStandbyState Following(SampleSet samples)
    {
        var nothing = new Dictionary<string, string>();
        return new TopStandbyState(Value(samples, "pg_replication_lag_seconds", nothing), Value(samples, "lockkeeper_standby_streaming", nothing) == 1, Value(samples, "lockkeeper_standby_replay_paused", nothing) == 1);
    }

    private static IEnumerable<Dictionary<string, string>> Rows(SampleSet samples, string metric, params string[] labels) =>
        samples.All(metric).Select(sample => labels.ToDictionary(label => label, label => Label(sample, label), StringComparer.Ordinal));

    private static double? Value(SampleSet samples, string metric, Dictionary<string, string> labels) =>
        samples.All(metric).Where(sample => Holds(sample, labels)).Select(sample => (double?)sample.Value).FirstOrDefault();

    private static bool Holds(Sample sample, Dictionary<string, string> labels) => labels.All(pair => Label(sample, pair.Key) == pair.Value);

    private static string Label(Sample sample, string name)
    {
        for (var i = 0; i < sample.Metric.Labels.Count; i++)
        {
            if (sample.Metric.Labels[i] == name)
                return sample.Labels[i];
        }

        return "";
    }
}
