using System.Text.Json.Nodes;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Notify;
using Lockkeeper.Observe.Query;
using Lockkeeper.Tests.Unit.Observe.Alerts;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Notify;

public sealed class MessageTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static readonly AlertGroup Group = new("oncall", "shop", [
        Alert("Lags", AlertSeverity.Warning, "<!channel> & \"quotes\" ```"),
        Alert("Down", AlertSeverity.Critical, "shop does not answer"),
        Alert("Old", AlertSeverity.Warning, "it was old") with { Phase = AlertPhase.Resolved, ResolvedAt = Start.AddMinutes(5) },
    ]);

    [Fact]
    public void a_person_reads_the_worst_first()
    {
        PlainMessage.Subject(Group).ShouldBe("CRITICAL: Down and 1 other on shop");
        PlainMessage.Body(Group).ShouldBe(
            """
            firing: Down
              shop does not answer
              since 2026-11-23 12:00:00 UTC
              lk observe runbook Down --target shop
            firing: Lags
              <!channel> & "quotes" ```
              since 2026-11-23 12:00:00 UTC
              lk observe runbook Lags --target shop
            resolved: Old
              it was old
              since 2026-11-23 12:00:00 UTC, until 2026-11-23 12:05:00 UTC

            """);
    }

    [Fact]
    public void names_in_a_database_call_nobody_in_a_chat()
    {
        var slack = JsonNode.Parse(PlainMessage.Slack(Group))!;
        slack["text"]!.GetValue<string>().ShouldBe("CRITICAL: Down and 1 other on shop");
        var text = slack["attachments"]![0]!["text"]!.GetValue<string>();
        text.ShouldContain("&lt;!channel&gt; &amp; \"quotes\" '''");
        slack["attachments"]![0]!["color"]!.GetValue<string>().ShouldBe("danger");
    }

    [Fact]
    public void services_get_what_alertmanager_sends()
    {
        var json = JsonNode.Parse(WebhookMessage.Of(Group, name => name == "Down" ? SampleRule.Of("Down", "up == 0", null, TimeSpan.Zero) : null))!;
        json["version"]!.GetValue<string>().ShouldBe("4");
        json["status"]!.GetValue<string>().ShouldBe("firing");
        json["groupLabels"]!.ToJsonString().ShouldBe("""{"target":"shop"}""");
        json["commonLabels"]!.ToJsonString().ShouldBe("""{"target":"shop"}""");
        var down = json["alerts"]![1]!;
        down["labels"]!.ToJsonString().ShouldBe("""{"alertname":"Down","severity":"critical","target":"shop"}""");
        down["annotations"]!["runbook"]!.GetValue<string>().ShouldBe("lk observe runbook Down --target shop");
        down["startsAt"]!.GetValue<string>().ShouldBe("2026-11-23T12:00:00.000Z");
        down["endsAt"]!.GetValue<string>().ShouldBe("0001-01-01T00:00:00Z");
        json["alerts"]![2]!["endsAt"]!.GetValue<string>().ShouldBe("2026-11-23T12:05:00.000Z");
    }

    private static Alert Alert(string rule, AlertSeverity severity, string summary) => new()
    {
        Rule = rule, Labels = LabelSet.Of([new("target", "shop")]), Severity = severity, Phase = AlertPhase.Firing, Since = Start, FiredAt = Start, Value = 1, Summary = summary,
    };
}
