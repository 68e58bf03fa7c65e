using System.Globalization;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.PostgreSql.Looking;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe statement</c>.</summary>
internal static class StatementVerb
{
    private static readonly Parameter Target = new("target", ParameterKind.Text, "A declared cluster, CLUSTER/NODE, or ENVIRONMENT/DATABASE") { Positional = true, Required = true, ValueName = "TARGET" };
    private static readonly Parameter Id = new("id", ParameterKind.Integer, "Its id in pg_stat_statements, as 'lk observe inspect --about statements' shows it") { Required = true };

    public static Verb Declare(TargetSources sources) => new()
    {
        Path = "observe statement",
        Summary = "show one statement of pg_stat_statements with its plan",
        Details = "The plan is the one for any parameters; the statement is not executed. It is planned as its own role where the observing role may become that one, in a transaction that can only read and is rolled back.",
        Effect = VerbEffect.Reads,
        Parameters = [Target, Id],
        Examples = [new VerbExample("lk observe statement prod/shop --id=-3416356442043621232", "its text, numbers and plan")],
        ReportType = () => ObserveJson.Default.StatementReport,
        Handler = (call, cancel) => HandleAsync(sources, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetSources sources, VerbCall call, CancellationToken cancel)
    {
        var target = TargetLook.Choose(call.Workspace, sources, call.Required(Target));
        call.Workspace.Progress.Now("asking " + target.Name);
        var report = await TargetLook.StatementAsync(target, call.Integer(Id)!.Value, call.Workspace, cancel);
        call.Workspace.Progress.Now(null);
        return Report.Of(report, () => ObserveJson.Default.StatementReport,
        [
            new Line(string.Create(CultureInfo.InvariantCulture, $"in {report.Database} by {report.User}: {report.Calls:0} calls, {report.TotalSeconds:0.###} s in all, {report.MeanMilliseconds:0.###} ms each")),
            new Code(report.Text, "sql"),
            new Heading("Plan for any parameters"),
            new Code(string.Join('\n', report.Plan)),
        ]);
    }
}
