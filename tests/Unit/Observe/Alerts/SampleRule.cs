using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Tests.Unit.Observe.Alerts;

/// <summary>Alert rules of tests.</summary>
internal static class SampleRule
{
    public static AlertRule Of(string name, string expression, double? threshold, TimeSpan forTime) => new()
    {
        Name = name,
        Group = "test",
        Severity = AlertSeverity.Warning,
        Expression = expression,
        Threshold = threshold,
        For = forTime,
        Summary = "the load of {target} is {value}",
        Runbook = new Runbook { Meaning = "It is busy.", Impact = "It is slow.", Diagnosis = [], Mitigation = [] },
    };
}
