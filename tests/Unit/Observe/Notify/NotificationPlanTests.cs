using Lockkeeper.Kernel.Config;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Notify;
using Lockkeeper.Observe.Query;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Notify;

public sealed class NotificationPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<string, GroupState> states = new(StringComparer.Ordinal);
    private readonly NotificationPlan plan = new(new ObserveConfig
    {
        GroupWait = TimeSpan.FromSeconds(30),
        RepeatAfter = TimeSpan.FromHours(4),
        Receivers = [new ReceiverConfig { Name = "all", Webhook = "x" }, new ReceiverConfig { Name = "night", Webhook = "x", Severity = "critical" }],
    });

    [Fact]
    public void alerts_of_a_target_go_together_after_the_wait()
    {
        Due(0, Firing("A")).ShouldBeEmpty();
        Due(10, Firing("A"), Firing("B")).ShouldBeEmpty();
        Due(31, Firing("A"), Firing("B"), Firing("A", target: "other")).ShouldBe(["all|db: A B"]);
    }

    [Fact]
    public void only_what_matters_enough_wakes_somebody()
    {
        Due(0, Firing("A"), Firing("C", AlertSeverity.Critical));
        Due(31, Firing("A"), Firing("C", AlertSeverity.Critical)).ShouldBe(["all|db: A C", "night|db: C"]);
    }

    [Fact]
    public void nobody_is_told_the_same_twice_until_it_is_time_to_repeat()
    {
        Due(0, Firing("A"));
        Due(31, Firing("A")).Count.ShouldBe(1);
        Due(60, Firing("A")).ShouldBeEmpty();
        Due(4 * 3600 + 40, Firing("A")).ShouldBeEmpty();
        Due(4 * 3600 + 80, Firing("A")).Count.ShouldBe(1);
    }

    [Fact]
    public void the_end_is_told_to_those_who_were_told_of_the_beginning()
    {
        Due(0, Resolved("A")).ShouldBeEmpty();
        Due(100, Firing("B"));
        Due(131, Firing("B")).Count.ShouldBe(1);
        Due(140, Resolved("B")).ShouldBeEmpty();
        Due(171, Resolved("B")).ShouldBe(["all|db: (B)"]);
        Due(300, Resolved("B")).ShouldBeEmpty();
    }

    [Fact]
    public void what_was_over_before_anybody_was_told_is_not_told()
    {
        Due(0, Firing("A"));
        Due(20, Resolved("A")).ShouldBeEmpty();
        Due(60, Resolved("A")).ShouldBeEmpty();
    }

    [Fact]
    public void a_receiver_that_fails_is_tried_again_later_and_later()
    {
        Due(0, Firing("A"));
        var tries = new List<int>();
        for (var second = 30; second < 1200; second++)
        {
            if (Due(second, sent: false, Firing("A")).Count > 0)
                tries.Add(second);
        }

        tries.ShouldBe([30, 35, 45, 65, 105, 185, 345, 645, 945]);
        Due(1300, Firing("A")).Count.ShouldBe(1);
        Due(1310, Firing("A")).ShouldBeEmpty();
    }

    [Fact]
    public void a_clock_that_is_set_back_by_a_day_makes_no_message_wait_for_a_day()
    {
        const int Back = -86_400;
        Due(0, Firing("A")).ShouldBeEmpty();
        Due(Back, Firing("A")).ShouldBeEmpty();
        Due(Back + 31, sent: false, Firing("A")).Count.ShouldBe(1);
        Due(2 * Back, Firing("A")).ShouldBeEmpty();
        Due(2 * Back + 31, Firing("A")).Count.ShouldBe(1);
    }

    [Fact]
    public void a_silenced_alert_is_not_told()
    {
        var silence = new Silence("s", new Dictionary<string, string> { ["alertname"] = "A", ["target"] = "db" }, Start, Start.AddSeconds(100), "ada", "known");
        plan.Due([Firing("A")], [silence], states, Start).ShouldBeEmpty();
        plan.Due([Firing("A")], [silence], states, Start.AddSeconds(60)).ShouldBeEmpty();
        plan.Due([Firing("A")], [silence], states, Start.AddSeconds(101)).ShouldBeEmpty();
        plan.Due([Firing("A")], [silence], states, Start.AddSeconds(140)).Count.ShouldBe(1);
    }

    private List<string> Due(int second, params Alert[] alerts) => Due(second, sent: true, alerts);

    private List<string> Due(int second, bool sent, params Alert[] alerts)
    {
        var now = Start.AddSeconds(second);
        var due = plan.Due(alerts, [], states, now);
        foreach (var group in due)
            states[group.Key] = NotificationPlan.After(group, states[group.Key], sent, now);
        return [.. due.Select(group => $"{group.Key}: {string.Join(' ', group.Alerts.Select(alert => alert.Phase == AlertPhase.Firing ? alert.Rule : $"({alert.Rule})"))}")];
    }

    private static Alert Firing(string rule, AlertSeverity severity = AlertSeverity.Warning, string target = "db") => new()
    {
        Rule = rule, Labels = LabelSet.Of([new("target", target)]), Severity = severity, Phase = AlertPhase.Firing, Since = Start, FiredAt = Start, Value = 1, Summary = "s",
    };

    private static Alert Resolved(string rule) => Firing(rule) with { Phase = AlertPhase.Resolved, ResolvedAt = Start.AddSeconds(10) };
}
