using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Alerts;

/// <summary>A time in which some alerts are not sent.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Matchers">Which alerts: labels with the values that they must have; <c>alertname</c> is the rule's name.</param>
/// <param name="From">When it begins.</param>
/// <param name="Until">When it ends.</param>
/// <param name="By">Who said so.</param>
/// <param name="Reason">Why.</param>
public sealed record Silence(string Id, IReadOnlyDictionary<string, string> Matchers, DateTimeOffset From, DateTimeOffset Until, string By, string Reason)
{
    /// <summary>Whether an alert is silenced at a moment.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="at">The moment.</param>
    public bool Holds(Alert alert, DateTimeOffset at) => at >= From && at < Until && Matchers.All(pair => Value(alert, pair.Key) == pair.Value);

    private static string Value(Alert alert, string label) => label switch
    {
        "alertname" => alert.Rule,
        "severity" => alert.Severity == AlertSeverity.Critical ? "critical" : "warning",
        LabelSet.MetricName => "",
        _ => alert.Labels[label],
    };
}
