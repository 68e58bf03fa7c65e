using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe alerts export</c>.</summary>
internal static class AlertsExportVerb
{
    private static readonly Parameter To = new("to", ParameterKind.Text, "The folder; it is made when it is missing, and files of these names in it are replaced") { Default = "prometheus", ValueName = "FOLDER" };

    public static Verb Declare(WatchSetup setup) => new()
    {
        Path = "observe alerts export",
        Summary = "write the alert rules for Prometheus, and the receivers for Alertmanager",
        Details = "Writes lockkeeper-rules.yml with every rule that holds in the project, and alertmanager.yml with the receivers. Secrets are not written: each stands in a file that the configuration names.",
        Effect = VerbEffect.Local,
        Parameters = [To],
        Examples = [new VerbExample("lk observe alerts export --to /etc/prometheus/lockkeeper", "files that promtool and amtool accept")],
        ReportType = () => ObserveJson.Default.ExportReport,
        Handler = (call, cancel) => HandleAsync(setup, call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, VerbCall call, CancellationToken cancel)
    {
        var config = call.Workspace.Config.Observe;
        var files = new (string Name, string Text)[] { ("lockkeeper-rules.yml", PrometheusRules.Of(RuleSet.Of(setup.Rules, config))), ("alertmanager.yml", AlertmanagerRouting.Of(config)) };
        return await ExportedFiles.WriteAsync(call.Workspace, call.Required(To), files, cancel);
    }
}
