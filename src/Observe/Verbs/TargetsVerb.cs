using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe targets</c>.</summary>
internal static class TargetsVerb
{
    public static Verb Declare(TargetSources sources) => new()
    {
        Path = "observe targets",
        Summary = "list what is observed, by the names that the other verbs take",
        Details = "Read from the project's files; nothing is connected.",
        Effect = VerbEffect.Reads,
        Examples = [new VerbExample("lk observe targets", "which targets there are")],
        ReportType = () => ObserveJson.Default.TargetsReport,
        Handler = (call, _) => Task.FromResult(Handle(sources, call)),
    };

    private static Report Handle(TargetSources sources, VerbCall call)
    {
        var report = new TargetsReport([.. DeclaredTargets.Of(call.Workspace, sources).Select(target => new TargetReport(
            target.Name, target.Engine, target.Labels.FirstOrDefault(label => label.Key == "environment").Value, target.AllDatabases))]);
        return Report.Of(report, () => ObserveJson.Default.TargetsReport, report.Targets.Count == 0
            ? [new Line("the project declares nothing that can be observed", Tone.Muted)]
            : [new Table(["target", "engine", "environment"], [.. report.Targets.Select(target => (IReadOnlyList<Cell>)[target.Name, target.Engine, target.Environment ?? ""])])]);
    }
}
