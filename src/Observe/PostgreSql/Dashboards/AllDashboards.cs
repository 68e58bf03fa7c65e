using Lockkeeper.Observe.Dashboards;

namespace Lockkeeper.Observe.PostgreSql.Dashboards;

/// <summary>The dashboards for PostgreSQL and PgBouncer.</summary>
internal static class AllDashboards
{
    public static IReadOnlyList<Dashboard> All { get; } = [FleetDashboard.Create(), ServerDashboard.Create(), StatementsDashboard.Create(), TablesDashboard.Create()];

    /// <summary>Those whose charts are drawn here too; a pooler is no target that Grafana's variable lists.</summary>
    public static IReadOnlyList<Dashboard> Charted { get; } = [.. All, PoolerDashboard.Create()];
}
