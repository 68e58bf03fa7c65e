using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Every alert rule for PostgreSQL, PgBouncer and backups, in the order of the list.</summary>
public static class AllAlerts
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        .. AvailabilityAlerts.Rules,
        .. SessionAlerts.Rules,
        .. LockAlerts.Rules,
        .. ReplicationAlerts.Rules,
        .. SlotAlerts.Rules,
        .. ArchivingAlerts.Rules,
        .. CheckpointAlerts.Rules,
        .. WraparoundAlerts.Rules,
        .. VacuumAlerts.Rules,
        .. StructureAlerts.Rules,
        .. DataAlerts.Rules,
        .. StatementAlerts.Rules,
        .. PoolerAlerts.Rules,
        .. BackupAlerts.Rules,
        .. AnomalyAlerts.Rules,
    ];
}
