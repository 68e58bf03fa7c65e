using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.PostgreSql.Looking;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe inspect</c>.</summary>
internal static class InspectVerb
{
    private static readonly Parameter Target = new("target", ParameterKind.Text, "A declared cluster, CLUSTER/NODE, or ENVIRONMENT/DATABASE") { Positional = true, Required = true, ValueName = "TARGET" };
    private static readonly Parameter About = new("about", ParameterKind.Choice, "What is looked up") { Choices = Inspections.Topics, Default = "tables" };
    private static readonly Parameter Datname = new("datname", ParameterKind.Text, "In this database of the target; by default the one of its URL") { ValueName = "NAME" };

    public static Verb Declare(TargetSources sources) => new()
    {
        Path = "observe inspect",
        Summary = "look up what a server is made of: top statements, tables, indexes, settings, roles",
        Details = "One connection, one statement on the catalogs, with the limits of the exporter: nothing is waited for, and no table of anybody's is read. Settings are those that differ from what is built in; what may hold a password is not shown. Of statements our own are left out.",
        Effect = VerbEffect.Reads,
        Parameters = [Target, About, Datname],
        Examples = [new VerbExample("lk observe inspect prod/shop --about statements", "which statements took the time"), new VerbExample("lk observe inspect shop-prod --about settings", "what was set")],
        ReportType = () => ObserveJson.Default.InspectReport,
        Handler = (call, cancel) => HandleAsync(sources, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetSources sources, VerbCall call, CancellationToken cancel)
    {
        var target = TargetLook.Choose(call.Workspace, sources, call.Required(Target));
        call.Workspace.Progress.Now("asking " + target.Name);
        var report = await TargetLook.InspectAsync(target, call.Text(Datname), call.Required(About), call.Workspace, cancel);
        call.Workspace.Progress.Now(null);
        Block text = report.Missing.Length > 0 ? new Line(report.Missing, Tone.Warning)
            : report.Rows.Count == 0 ? new Line("none", Tone.Muted)
            : new Table(report.Columns, [.. report.Rows.Select(row => (IReadOnlyList<Cell>)[.. row.Select(value => new Cell(string.Join(' ', (value ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))))])]);
        return Report.Of(report, () => ObserveJson.Default.InspectReport, [text]);
    }
}
