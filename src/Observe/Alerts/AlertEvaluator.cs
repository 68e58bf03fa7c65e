using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Alerts;

/// <summary>What one evaluation of the rules gave.</summary>
/// <param name="Alerts">All that are pending, firing or have just been resolved.</param>
/// <param name="Problems">Rules that could not be evaluated, and why.</param>
public sealed record AlertRound(IReadOnlyList<Alert> Alerts, IReadOnlyList<(string Rule, string Why)> Problems);

/// <summary>Evaluates rules as Prometheus does: an alert is pending from the first time on that its condition holds, and fires when it has held for its time without a gap.</summary>
/// <param name="rules">The rules, with their conditions read.</param>
public sealed class AlertEvaluator(IReadOnlyList<(AlertRule Rule, PromQlExpression Condition)> rules)
{
    /// <summary>Evaluates all rules at a moment.</summary>
    /// <param name="source">The series.</param>
    /// <param name="at">The moment.</param>
    /// <param name="before">The alerts of the evaluation before.</param>
    public AlertRound Evaluate(ISeriesSource source, DateTimeOffset at, IReadOnlyList<Alert> before)
    {
        var (alerts, problems) = (new List<Alert>(), new List<(string, string)>());
        var last = before.Where(alert => alert.Phase != AlertPhase.Resolved).ToDictionary(alert => alert.Key, StringComparer.Ordinal);
        foreach (var (rule, condition) in rules)
        {
            try
            {
                var now = new PromQlEvaluator(source, at.ToUnixTimeMilliseconds()).Evaluate(condition);
                alerts.AddRange(Of(rule, now, at, last));
            }
            catch (PromQlException e)
            {
                // What is not known is not resolved: the rule's alerts stay as they were.
                problems.Add((rule.Name, e.Message));
                alerts.AddRange(last.Values.Where(alert => alert.Rule == rule.Name));
            }
        }

        return new AlertRound(alerts, problems);
    }

    private static IEnumerable<Alert> Of(AlertRule rule, IReadOnlyList<VectorSample> now, DateTimeOffset at, Dictionary<string, Alert> last)
    {
        var holding = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sample in now)
        {
            var alert = Holding(rule, sample, at, last);
            if (holding.Add(alert.Key))
                yield return alert;
        }

        foreach (var gone in last.Values.Where(alert => alert.Rule == rule.Name && alert.Phase == AlertPhase.Firing && !holding.Contains(alert.Key)))
            yield return gone with { Phase = AlertPhase.Resolved, ResolvedAt = at };
    }

    private static Alert Holding(AlertRule rule, VectorSample sample, DateTimeOffset at, Dictionary<string, Alert> last)
    {
        var labels = sample.Labels.WithoutMetric();
        var before = last.GetValueOrDefault(rule.Name + labels);
        // A clock that was set back must not make a condition hold for longer than it did.
        var since = before is null || before.Since > at ? at : before.Since;
        var fires = before?.Phase == AlertPhase.Firing || at - since >= rule.For;
        return new Alert
        {
            Rule = rule.Name,
            Labels = labels,
            Severity = rule.Severity,
            Phase = fires ? AlertPhase.Firing : AlertPhase.Pending,
            Since = since,
            FiredAt = fires ? before?.FiredAt ?? at : null,
            Value = sample.Value,
            Summary = AlertText.Fill(rule, labels, sample.Value),
        };
    }
}
