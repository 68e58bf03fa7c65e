using Lockkeeper.Observe.Dashboards;
using static Lockkeeper.Observe.Dashboards.PanelKind;
using static Lockkeeper.Observe.Dashboards.PanelUnit;

namespace Lockkeeper.Observe.PostgreSql.Dashboards;

/// <summary>One pooler: who has a connection, who waits for one.</summary>
internal static class PoolerDashboard
{
    private const string Here = "{target=\"$target\"}";

    public static Dashboard Create() => new("lockkeeper-pooler", "Lockkeeper: pooler", ByTarget: true,
        new PanelRow("Pooler",
            new Panel("Clients", "Waiting ones have sent something and get no connection to the server.", Stacked, PanelUnit.Number,
                new PanelQuery($"sum by (database) (pgbouncer_pools_client_active_connections{Here})", "active in {{database}}"), new PanelQuery($"sum by (database) (pgbouncer_pools_client_waiting_connections{Here})", "waiting in {{database}}")),
            new Panel("Connections to the server", "All active and none idle: the pool is used up.", Stacked, PanelUnit.Number,
                new PanelQuery($"sum by (database) (pgbouncer_pools_server_active_connections{Here})", "active in {{database}}"), new PanelQuery($"sum by (database) (pgbouncer_pools_server_idle_connections{Here})", "idle in {{database}}")),
            new Panel("Longest wait", "Of a client for a connection to the server.", Lines, Seconds, new PanelQuery($"max by (database) (pgbouncer_pools_client_maxwait_seconds{Here})", "{{database}}"))));
}
