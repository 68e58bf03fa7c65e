using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Replication slots: whether somebody reads them, and what they keep from being removed.</summary>
internal static class Slots
{
    private const string Here = "(SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END AS now) w";

    private static readonly MetricQuery slots = new(
        "slots",
        [new("slot_name", "s.slot_name"), new("slot_type", "s.slot_type")],
        [
            Gauge("pg_replication_slots_active", "s.active::int", "Whether somebody reads the slot."),
            Gauge("pg_replication_slots_slot_is_active", "s.active::int", "Whether somebody reads the slot."),
            Gauge("pg_replication_slots_pg_wal_lsn_diff", "w.now - s.restart_lsn", "Bytes of WAL that the slot keeps."),
            Gauge("pg_replication_slots_slot_current_wal_lsn", "w.now - '0/0'::pg_lsn", "Up to where WAL was written."),
            Gauge("pg_replication_slots_slot_confirmed_flush_lsn", "coalesce(s.confirmed_flush_lsn, '0/0') - '0/0'::pg_lsn", "Up to where the reader of the slot has confirmed."),
            Gauge("pg_replication_slots_safe_wal_size_bytes", "s.safe_wal_size", "Bytes of WAL that may still be written before the slot is lost; no sample without max_slot_wal_keep_size."),
            Gauge("lockkeeper_slot_xmin_age", "greatest(age(s.xmin), age(s.catalog_xmin))", "Transactions since the oldest one whose rows the slot keeps from vacuum."),
            Gauge("lockkeeper_slot_inactive_seconds", "extract(epoch FROM clock_timestamp() - s.inactive_since)", "For how long nobody has read the slot.", since: 17),
        ],
        $"FROM pg_replication_slots s, {Here}");

    private static readonly MetricQuery status = new(
        "slots.status",
        [new("slot_name", "slot_name"), new("slot_type", "slot_type"), new("wal_status", "wal_status")],
        [Gauge("pg_replication_slots_wal_status", "1", "1 for the state that the slot's WAL is in: reserved, extended, unreserved or lost.")],
        "FROM pg_replication_slots WHERE wal_status IS NOT NULL");

    private static readonly MetricQuery count = new(
        "slots.count", [],
        [Gauge("lockkeeper_slots", "count(*)", "Replication slots."), Gauge("lockkeeper_slots_inactive", "count(*) FILTER (WHERE NOT active)", "Replication slots that nobody reads.")],
        "FROM pg_replication_slots");

    public static ICollector Create() => new QueryCollector("slots", CollectorScope.Server, slots, status, count);
}
