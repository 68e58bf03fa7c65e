using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Replication slots, which keep WAL for readers that may never come back.</summary>
internal static class SlotAlerts
{
    private const string Group = "slots";

    private static readonly DiagnosisStep slots = new(
        "What does each slot keep?",
        "SELECT slot_name, slot_type, database, active, active_pid, wal_status, pg_size_pretty(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, restart_lsn)) AS keeps, pg_size_pretty(safe_wal_size) AS until_lost, age(xmin) AS xmin_age, age(catalog_xmin) AS catalog_xmin_age FROM pg_replication_slots ORDER BY restart_lsn");

    private static readonly DiagnosisStep room = new("How large is pg_wal, and what limits a slot?", "SELECT (SELECT pg_size_pretty(sum(size)) FROM pg_ls_waldir()) AS pg_wal, current_setting('max_slot_wal_keep_size') AS max_slot_wal_keep_size, current_setting('max_wal_size') AS max_wal_size");

    private static readonly string[] cure = ["The reader is to come back: start it, and watch 'keeps' fall.", "It is gone for good: SELECT pg_drop_replication_slot('name'); its reader must be built anew.", "Set max_slot_wal_keep_size: a lost slot is better than a full disk."];

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresSlotInactive", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(15),
            Expression = "pg_replication_slots_active == 0",
            Summary = "nobody reads the replication slot {slot_name} of {target}",
            Runbook = new Runbook { Meaning = "A slot has no reader.", Impact = "WAL stays for it, and with a logical slot dead rows of the catalog, until the disk is full.", Diagnosis = [slots, room], Mitigation = cure },
        },
        new AlertRule
        {
            Name = "PostgresSlotKeepsWal", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(5), Threshold = 10L << 30, Unit = AlertUnit.Bytes,
            Expression = "pg_replication_slots_pg_wal_lsn_diff > $threshold",
            Summary = "the replication slot {slot_name} of {target} keeps {value} of WAL",
            Runbook = new Runbook { Meaning = "A slot's reader is very far behind.", Impact = "pg_wal grows until the disk is full; then the server stops.", Diagnosis = [slots, room], Mitigation = cure },
        },
        new AlertRule
        {
            Name = "PostgresSlotLosing", Group = Group, Severity = AlertSeverity.Critical,
            Expression = "pg_replication_slots_wal_status{wal_status=~\"unreserved|lost\"} == 1",
            Summary = "WAL that the replication slot {slot_name} of {target} needs is being removed ({wal_status})",
            Runbook = new Runbook
            {
                Meaning = "The slot keeps more than max_slot_wal_keep_size: 'unreserved' may still catch up before the next checkpoint, 'lost' never.",
                Impact = "Its reader cannot go on: a standby needs the archive or a new copy, a logical reader a new start.",
                Diagnosis = [slots, room],
                Mitigation = ["unreserved: raise max_slot_wal_keep_size at once (a reload), and start the reader.", "lost: drop the slot; build the standby anew or let it read from the archive."],
            },
        },
    ];
}
