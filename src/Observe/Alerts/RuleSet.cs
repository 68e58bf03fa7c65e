using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Alerts;

/// <summary>The rules that hold in a project: the built-in ones with the project's changes, and its own.</summary>
public sealed class RuleSet
{
    private readonly Dictionary<string, AlertRule> byName;

    private RuleSet(IReadOnlyList<(AlertRule Rule, PromQlExpression Condition)> rules)
    {
        Rules = rules;
        byName = rules.ToDictionary(pair => pair.Rule.Name, pair => pair.Rule, StringComparer.Ordinal);
    }

    /// <summary>The rules with their conditions read.</summary>
    public IReadOnlyList<(AlertRule Rule, PromQlExpression Condition)> Rules { get; }

    /// <summary>The rules of a project.</summary>
    /// <param name="builtIn">The built-in rules.</param>
    /// <param name="config">What the project changes and adds.</param>
    /// <exception cref="LockkeeperException">A name is not that of a rule (LK6100), or a condition cannot be understood (LK6101).</exception>
    public static RuleSet Of(IReadOnlyList<AlertRule> builtIn, ObserveConfig config)
    {
        var names = builtIn.Select(rule => rule.Name).ToList();
        foreach (var name in config.Alerts.Keys.Where(name => !names.Contains(name, StringComparer.Ordinal)))
            throw new LockkeeperException(AlertErrors.UnknownRule, $"'observe: alerts:' in lockkeeper.yaml names '{name}', which is no alert rule", NearestName.Of(name, names) is { } near ? $"Did you mean '{near}'?" : "See 'lk observe alerts rules'.");
        foreach (var own in config.OwnAlerts.Where(own => names.Contains(own.Name, StringComparer.Ordinal) || config.OwnAlerts.Count(other => other.Name == own.Name) > 1))
            throw new LockkeeperException(AlertErrors.BadRule, $"there are several alert rules with the name '{own.Name}'", "Give the one under 'observe: own_alerts:' another name.");
        var changed = builtIn.Where(rule => config.Alerts.GetValueOrDefault(rule.Name) is not { Off: true }).Select(rule => Change(rule, config.Alerts.GetValueOrDefault(rule.Name)));
        return new RuleSet([.. changed.Concat(config.OwnAlerts.Select(Own)).Select(rule => (rule, Read(rule)))]);
    }

    /// <summary>A rule by its name; null when there is none.</summary>
    /// <param name="name">The name.</param>
    public AlertRule? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>A rule by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="LockkeeperException">There is none (LK6100).</exception>
    public AlertRule Get(string name) => Find(name) ?? throw new LockkeeperException(
        AlertErrors.UnknownRule, $"there is no alert rule '{name}'", NearestName.Of(name, byName.Keys) is { } near ? $"Did you mean '{near}'?" : "See 'lk observe alerts rules'.");

    private static AlertRule Change(AlertRule rule, AlertSetting? setting)
    {
        if (setting is null)
            return rule;
        if (setting.Threshold is not null && rule.Threshold is null)
            throw new LockkeeperException(AlertErrors.BadRule, $"the alert rule {rule.Name} has no threshold", "Take 'threshold' out, or turn the rule off and write one of your own.");
        return rule with
        {
            Threshold = setting.Threshold ?? rule.Threshold,
            For = setting.For ?? rule.For,
            Severity = setting.Severity is { } severity ? SeverityOf(severity) : rule.Severity,
        };
    }

    private static AlertRule Own(OwnAlertConfig own) => new()
    {
        Name = own.Name,
        Group = "own",
        Severity = SeverityOf(own.Severity),
        Expression = own.Expression,
        For = own.For,
        Summary = own.Summary,
        Runbook = new Runbook { Meaning = own.Summary, Impact = "", Diagnosis = [], Mitigation = own.Runbook.Length > 0 ? [own.Runbook] : [] },
    };

    private static AlertSeverity SeverityOf(string word) => word == "critical" ? AlertSeverity.Critical : AlertSeverity.Warning;

    private static PromQlExpression Read(AlertRule rule)
    {
        try
        {
            var condition = rule.Parse();
            return condition.Kind == ValueKind.Vector ? condition : throw new PromQlException("the condition must give a value for each series", 0);
        }
        catch (PromQlException e)
        {
            throw new LockkeeperException(AlertErrors.BadRule, $"the condition of the alert rule {rule.Name} cannot be understood at column {e.At + 1}: {e.Message}", "Mend it under 'observe: own_alerts:' in lockkeeper.yaml.")
            {
                Facts = [new ErrorFact("CONDITION", rule.Condition)],
            };
        }
    }
}
