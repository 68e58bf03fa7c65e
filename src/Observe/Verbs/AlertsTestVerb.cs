using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Notify;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe alerts test</c>.</summary>
internal static class AlertsTestVerb
{
    private static readonly Parameter Receiver = new("receiver", ParameterKind.Text, "The receiver's name under 'observe: receivers:'") { Positional = true, Required = true, ValueName = "RECEIVER" };

    public static Verb Declare(WatchSetup setup) => new()
    {
        Path = "observe alerts test",
        Summary = "send a receiver a message that says it is a test",
        Details = "Sends a firing alert and its end, as a real one would be sent, and says what the receiver answers.",
        Effect = VerbEffect.Local,
        Parameters = [Receiver],
        Examples = [new VerbExample("lk observe alerts test oncall", "proves that the on-call service hears of alerts")],
        ReportType = () => ObserveJson.Default.TestedReport,
        Handler = (call, cancel) => HandleAsync(setup, call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, VerbCall call, CancellationToken cancel)
    {
        var (workspace, name) = (call.Workspace, call.Required(Receiver));
        var receivers = workspace.Config.Observe.Receivers;
        var receiver = receivers.FirstOrDefault(one => one.Name == name) ?? throw new LockkeeperException(
            KernelErrors.UnknownName, $"there is no receiver '{name}'", receivers.Count == 0 ? "Declare one under 'observe: receivers:' in lockkeeper.yaml." : NearestName.Hint(name, [.. receivers.Select(one => one.Name)], "receivers"));
        var now = workspace.Clock.GetUtcNow();
        var alert = new Alert
        {
            Rule = "LockkeeperTest", Labels = LabelSet.Of([new("target", "none")]), Severity = AlertSeverity.Critical, Phase = AlertPhase.Firing,
            Since = now, FiredAt = now, Value = 1, Summary = $"this is a test, sent by {workspace.Actor}: nothing is wrong",
        };
        var sender = new Sender(workspace, RuleSet.Of(setup.Rules, workspace.Config.Observe).Find);
        await sender.SendAsync(receiver, new AlertGroup(name, "none", [alert]), cancel);
        await sender.SendAsync(receiver, new AlertGroup(name, "none", [alert with { Phase = AlertPhase.Resolved, ResolvedAt = workspace.Clock.GetUtcNow() }]), cancel);
        return Report.Of(new TestedReport(name), () => ObserveJson.Default.TestedReport, [new Line($"{name} has taken a firing alert and its end", Tone.Good)]);
    }
}
