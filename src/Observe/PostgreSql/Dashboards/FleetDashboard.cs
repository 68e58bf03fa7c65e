using Lockkeeper.Observe.Dashboards;
using static Lockkeeper.Observe.Dashboards.PanelKind;
using static Lockkeeper.Observe.Dashboards.PanelUnit;

namespace Lockkeeper.Observe.PostgreSql.Dashboards;

/// <summary>All servers at once: which one needs a look.</summary>
internal static class FleetDashboard
{
    public static Dashboard Create() => new("lockkeeper-fleet", "Lockkeeper: all servers", ByTarget: false,
        new PanelRow("Now",
            new Panel("Down", "Servers that do not answer.", PanelKind.Number, PanelUnit.Number, new PanelQuery("count(pg_up == 0) or vector(0)", "down")) { Width = 6 },
            new Panel("Sessions that wait for locks", "Anything above zero for long wants a look at the blocking tree.", PanelKind.Number, PanelUnit.Number, new PanelQuery("sum(lockkeeper_blocked_sessions)", "waiting")) { Width = 6 },
            new Panel("Standbys that receive nothing", "A standby that is cut off says so here, whatever its lag says.", PanelKind.Number, PanelUnit.Number, new PanelQuery("count(lockkeeper_standby_streaming == 0) or vector(0)", "cut off")) { Width = 6 },
            new Panel("Archiving fails", "What is committed there cannot be restored from backups.", PanelKind.Number, PanelUnit.Number, new PanelQuery("count(lockkeeper_archiver_failing == 1) or vector(0)", "failing")) { Width = 6 }),
        new PanelRow("Load",
            new Panel("Transactions", "Commits and rollbacks.", Lines, PerSecond, new PanelQuery("sum by (target) (rate(pg_stat_database_xact_commit[$__rate_interval]) + rate(pg_stat_database_xact_rollback[$__rate_interval]))", "{{target}}")),
            new Panel("Connections in use", "Share of max_connections.", Lines, Ratio, new PanelQuery("sum by (target) (pg_stat_database_numbackends) / on (target) pg_settings_max_connections", "{{target}}")),
            new Panel("Replication lag", "As the standby sees it.", Lines, Seconds, new PanelQuery("pg_replication_lag_seconds and on (target) pg_replication_is_replica == 1", "{{target}}")),
            new Panel("Size", "All databases of a server.", Lines, Bytes, new PanelQuery("sum by (target) (pg_database_size_bytes)", "{{target}}"))),
        new PanelRow("Safety",
            new Panel("Transaction ids used", "Share of the way to a server that takes no more writes.", Lines, Ratio, new PanelQuery("max by (target) (lockkeeper_wraparound_used_ratio)", "{{target}}")),
            new Panel("What cannot be read", "Metrics that the monitoring role or the server's version keeps from us.", Table, PanelUnit.Number, new PanelQuery("count by (target, reason) (lockkeeper_metric_unavailable)", "{{target}} {{reason}}"))));
}
