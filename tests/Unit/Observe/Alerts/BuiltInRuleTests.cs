using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql.Alerts;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Alerts;

public sealed class BuiltInRuleTests
{
    // Labels that every series has, from its target.
    private static readonly string[] ofTargets = ["target", "environment", "node"];

    [Fact]
    public void every_rule_can_be_read_and_looks_at_metrics_that_the_exporter_gives()
    {
        var known = MetricCatalogue.All.Concat(MetricCatalogue.OfTheWatch).ToList();
        foreach (var rule in AllAlerts.Rules)
        {
            foreach (var (selector, _) in rule.Parse().Selectors())
            {
                var metric = selector.Metric.ShouldNotBeNull(rule.Name);
                var description = known.Find(one => one.IsPattern ? metric.StartsWith(one.Name.TrimEnd('*'), StringComparison.Ordinal) : one.Name == metric).ShouldNotBeNull($"{rule.Name} looks at {metric}, which nothing exports");
                foreach (var matcher in selector.Matchers)
                    description.Labels.Concat(ofTargets).ShouldContain(matcher.Label, $"{rule.Name}: {metric} has no label {matcher.Label}");
            }
        }
    }

    [Fact]
    public void every_sentence_names_labels_that_the_condition_has()
    {
        foreach (var rule in AllAlerts.Rules)
        {
            var labels = rule.Parse().Selectors().SelectMany(pair => MetricCatalogue.All.Concat(MetricCatalogue.OfTheWatch).Where(metric => metric.Name == pair.Selector.Metric)).SelectMany(metric => metric.Labels).Concat(ofTargets).ToHashSet();
            foreach (var label in AlertText.Labels(rule))
                labels.ShouldContain(label, rule.Name);
        }
    }

    [Fact]
    public void every_rule_says_what_to_do()
    {
        AllAlerts.Rules.Select(rule => rule.Name).ShouldBeUnique();
        foreach (var rule in AllAlerts.Rules)
        {
            rule.Name.ShouldMatch("^Postgres[A-Z][A-Za-z]+$|^PgBouncer[A-Z][A-Za-z]+$|^Backup[A-Z][A-Za-z]+$");
            rule.Runbook.Meaning.ShouldEndWith(".", customMessage: rule.Name);
            rule.Runbook.Impact.ShouldNotBeEmpty(rule.Name);
            rule.Runbook.Diagnosis.ShouldNotBeEmpty(rule.Name);
            rule.Runbook.Mitigation.ShouldNotBeEmpty(rule.Name);
            (rule.Threshold is not null).ShouldBe(rule.Expression.Contains("$threshold", StringComparison.Ordinal), rule.Name);
        }
    }

    [Fact]
    public void the_exported_rules_are_those_of_this_version() =>
        Golden.Check("docs/reference/prometheus-rules.yml", PrometheusRules.Of(RuleSet.Of(AllAlerts.Rules, new ObserveConfig())));

    [Fact]
    public void a_project_changes_rules_and_adds_its_own()
    {
        var rules = RuleSet.Of(AllAlerts.Rules, new ObserveConfig
        {
            Alerts = new Dictionary<string, AlertSetting>
            {
                ["PostgresDown"] = new() { Off = true },
                ["PostgresReplicaLags"] = new() { Threshold = 7, For = TimeSpan.FromSeconds(9), Severity = "critical" },
            },
            OwnAlerts = [new OwnAlertConfig { Name = "Mine", Expression = "up == 0", Summary = "it is gone" }],
        });
        rules.Find("PostgresDown").ShouldBeNull();
        var changed = rules.Get("PostgresReplicaLags");
        (changed.Threshold, changed.For, changed.Severity).ShouldBe((7, TimeSpan.FromSeconds(9), AlertSeverity.Critical));
        changed.Condition.ShouldContain("> 7");
        rules.Get("Mine").Group.ShouldBe("own");
    }

    [Theory]
    [InlineData("PostgresDwn", "up", "LK6100", "Did you mean 'PostgresDown'?")]
    [InlineData("PostgresDown", "rate(up) > 1", "LK6101", "Mend it under 'observe: own_alerts:' in lockkeeper.yaml.")]
    public void what_cannot_be_understood_is_refused_before_anything_is_watched(string name, string expression, string code, string hint)
    {
        var error = Should.Throw<LockkeeperException>(() => RuleSet.Of(AllAlerts.Rules, new ObserveConfig
        {
            Alerts = new Dictionary<string, AlertSetting> { [name] = new() },
            OwnAlerts = [new OwnAlertConfig { Name = "Mine", Expression = expression, Summary = "s" }],
        }));
        error.Code.Id.ShouldBe(code);
        error.Hint.ShouldBe(hint);
    }
}
