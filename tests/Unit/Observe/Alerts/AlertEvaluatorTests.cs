using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Query;
using Lockkeeper.Tests.Unit.Observe.Query;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Alerts;

public sealed class AlertEvaluatorTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(SeriesList.Start);
    private static readonly AlertRule Rule = SampleRule.Of("Busy", "load > $threshold", threshold: 5, forTime: TimeSpan.FromSeconds(30));

    [Fact]
    public void an_alert_is_pending_until_its_condition_has_held_for_its_time()
    {
        var phases = Run([1, 6, 7, 8, 9, 2, 2], Rule);
        phases.ShouldBe(["", "Pending 6", "Pending 7", "Firing 8", "Firing 9", "Resolved 9", ""]);
    }

    [Fact]
    public void a_gap_begins_the_wait_anew()
    {
        Run([6, 7, 1, 8, 9, 9], Rule).ShouldBe(["Pending 6", "Pending 7", "", "Pending 8", "Pending 9", "Firing 9"]);
    }

    [Fact]
    public void a_rule_without_a_time_fires_at_once() => Run([6, 1], Rule with { For = TimeSpan.Zero }).ShouldBe(["Firing 6", "Resolved 6"]);

    [Fact]
    public void each_series_is_an_alert_of_its_own()
    {
        var source = new SeriesList(SeriesList.Of("load", [("target", "a")], 6), SeriesList.Of("load", [("target", "b")], 7), SeriesList.Of("load", [("target", "c")], 1));
        var round = Evaluator(Rule).Evaluate(source, Start, []);
        round.Alerts.Select(alert => alert.Labels["target"]).ShouldBe(["a", "b"]);
        round.Alerts[0].Summary.ShouldBe("the load of a is 6");
    }

    [Fact]
    public void a_clock_that_is_set_back_does_not_make_an_alert_older_than_it_is()
    {
        var source = new SeriesList(SeriesList.Of("load", [("target", "a")], 6));
        var first = Evaluator(Rule).Evaluate(source, Start.AddSeconds(60), []);
        var second = Evaluator(Rule).Evaluate(source, Start, first.Alerts);
        second.Alerts.Single().Since.ShouldBe(Start);
        second.Alerts.Single().Phase.ShouldBe(AlertPhase.Pending);
    }

    [Fact]
    public void a_rule_that_cannot_be_evaluated_leaves_its_alerts_as_they_are_and_stops_no_other()
    {
        var source = new SeriesList(SeriesList.Of("load", [("target", "a")], 6), SeriesList.Of("most", [("target", "a"), ("x", "1")], 1), SeriesList.Of("most", [("target", "a"), ("x", "2")], 1));
        var broken = SampleRule.Of("Broken", "load > on (target) most", threshold: null, forTime: TimeSpan.Zero);
        var firing = Evaluator(Rule with { For = TimeSpan.Zero, Name = "Broken" }).Evaluate(source, Start, []).Alerts;
        var round = new AlertEvaluator([(broken, broken.Parse()), (Rule, Rule.Parse())]).Evaluate(source, Start, firing);
        round.Problems.Single().Rule.ShouldBe("Broken");
        round.Alerts.Select(alert => (alert.Rule, alert.Phase)).ShouldBe([("Broken", AlertPhase.Firing), ("Busy", AlertPhase.Pending)]);
    }

    private static List<string> Run(double[] values, AlertRule rule)
    {
        var source = new SeriesList(SeriesList.Of("load", [("target", "a")], values));
        IReadOnlyList<Alert> alerts = [];
        var phases = new List<string>();
        for (var i = 0; i < values.Length; i++)
        {
            alerts = Evaluator(rule).Evaluate(source, Start.AddSeconds(15 * i), alerts).Alerts;
            phases.Add(string.Join("; ", alerts.Select(alert => $"{alert.Phase} {alert.Value}")));
        }

        return phases;
    }

    private static AlertEvaluator Evaluator(AlertRule rule) => new([(rule, rule.Parse())]);
}
