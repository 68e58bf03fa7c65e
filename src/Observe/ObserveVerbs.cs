using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.PostgreSql.Alerts;
using Lockkeeper.Observe.PostgreSql.Anomalies;
using Lockkeeper.Observe.PostgreSql.Dashboards;
using Lockkeeper.Observe.Sqlite;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe;

/// <summary>The verbs of the Observe duty.</summary>
public static class ObserveVerbs
{
    /// <summary>All of them, in the order of the help.</summary>
    /// <param name="sources">What other duties know of what can be observed.</param>
    public static IReadOnlyList<Verb> Declare(TargetSources sources) => Declare(new WatchSetup(static () => AllAlerts.Rules, WatchStore.Open, workspace => Exporter.Of(workspace, sources)), sources);

    private static IReadOnlyList<Verb> Declare(WatchSetup setup, TargetSources sources) =>
    [
        Verbs.MetricsVerb.Declare(setup),
        Verbs.ServeVerb.Declare(setup, static () => WatchedRates.All),
        Verbs.AlertsListVerb.Declare(setup),
        Verbs.AlertsRulesVerb.Declare(setup),
        Verbs.AlertsExportVerb.Declare(setup),
        Verbs.AlertsSilenceVerb.Declare(setup),
        Verbs.AlertsTestVerb.Declare(setup),
        Verbs.TopVerb.Declare(sources),
        Verbs.TargetsVerb.Declare(sources),
        Verbs.FleetVerb.Declare(setup, sources),
        Verbs.HistoryVerb.Declare(setup, sources, static () => AllDashboards.Charted),
        Verbs.InspectVerb.Declare(sources),
        Verbs.StatementVerb.Declare(sources),
        Verbs.RunbookVerb.Declare(setup),
        Verbs.AnomaliesVerb.Declare(setup, static () => WatchedRates.All),
        Verbs.RegressionsVerb.Declare(),
        Verbs.DashboardsExportVerb.Declare(static () => AllDashboards.All),
    ];
}
