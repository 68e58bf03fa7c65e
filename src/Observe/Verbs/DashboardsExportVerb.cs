using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Dashboards;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe dashboards export</c>.</summary>
internal static class DashboardsExportVerb
{
    private static readonly Parameter To = new("to", ParameterKind.Text, "The folder; it is made when it is missing, and files of these names in it are replaced") { Default = "grafana", ValueName = "FOLDER" };

    public static Verb Declare(Func<IReadOnlyList<Dashboard>> dashboards) => new()
    {
        Path = "observe dashboards export",
        Summary = "write dashboards for Grafana",
        Details = "Writes a file for each dashboard: all servers, one server, statements, tables. They read a Prometheus that scrapes 'lk observe serve', which is chosen in Grafana. Their ids stay the same, so that importing them again updates them.",
        Effect = VerbEffect.Local,
        Parameters = [To],
        Examples = [new VerbExample("lk observe dashboards export --to /var/lib/grafana/dashboards/lockkeeper", "files for a folder that Grafana provisions")],
        ReportType = () => ObserveJson.Default.ExportReport,
        Handler = (call, cancel) => ExportedFiles.WriteAsync(call.Workspace, call.Required(To), [.. dashboards().Select(one => (one.Id + ".json", GrafanaJson.Of(one)))], cancel),
    };
}
