using System.Net;
using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>What who runs the server sees of it: its log and its metrics.</summary>
public sealed class OperationsTests
{
    [Fact]
    public async Task the_log_is_a_json_object_a_line_with_numbered_events_and_no_secret_and_the_metrics_are_prometheus_own_format()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var portal = await Portal.StartAsync(project, "--log", "json");
        var token = await Portal.TokenTextAsync(portal.Admin, "viewer");
        using var client = portal.Program(token);
        (await client.GetAsync("/api/v1/observe/alerts/rules")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/api/v1/nothing?password=opensesame")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await portal.NewBrowser().GetAsync("/metrics")).StatusCode.ShouldNotBe(HttpStatusCode.OK);

        var text = await client.GetStringAsync("/metrics");
        (await Promtool.CheckMetricsAsync(text)).ShouldBeEmpty();
        text.ShouldContain("lockkeeper_server_requests_total{kind=\"api\",status=\"200\"} 1\n");
        text.ShouldContain("lockkeeper_server_requests_total{kind=\"api\",status=\"404\"} 1\n");
        text.ShouldContain("lockkeeper_server_jobs_running 0\n");

        portal.Process.Terminate();
        (await portal.Process.WaitAsync()).ExitCode.ShouldBe(0);
        var events = portal.Process.Errors.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!).ToList();
        var rules = events.Single(one => (string?)one["State"]?["Path"] == "/api/v1/observe/alerts/rules");
        ((int)rules["EventId"]!).ShouldBe(7000);
        ((string)rules["State"]!["Actor"]!).ShouldBe("ada");
        ((int)rules["State"]!["Status"]!).ShouldBe(200);
        ((string)rules["Timestamp"]!).ShouldEndWith("Z");
        events.Select(one => (int)one["EventId"]!).ShouldContain(7003);
        var log = string.Join('\n', events.Select(one => one.ToJsonString()));
        log.ShouldNotContain(token);
        log.ShouldNotContain(Portal.Password);
        log.ShouldNotContain("opensesame");
        log.ShouldNotContain("key=");
    }
}
