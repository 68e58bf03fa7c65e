using System.Net;
using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Sqlite;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>What fires, and the silence that a person gives it.</summary>
public sealed class AlertsPageTests
{
    [Fact]
    public async Task an_alert_is_silenced_from_the_page_with_a_reason_by_who_may_and_the_silence_is_ended_again()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var portal = await Portal.StartAsync(project);
        var now = DateTimeOffset.UtcNow;
        using (var watch = new WatchFile(BlockFile.Open(Path.Combine(project.Folder, ".lockkeeper", "state.observe.db"))))
        {
            watch.Write(
                [new Alert { Rule = "PostgresDown", Labels = LabelSet.Of("", ("target", "dev/shop"), ("environment", "dev")), Severity = AlertSeverity.Critical, Phase = AlertPhase.Firing, Since = now.AddMinutes(-5), FiredAt = now.AddMinutes(-4), Summary = "dev/shop is down <b>now</b>", Value = 1 }], now);
        }

        var page = await portal.Admin.PageAsync("/alerts");
        page.ShouldContain("dev/shop is down &lt;b&gt;now");
        page.ShouldContain("pill bad\">firing");
        (await portal.Admin.PageAsync("/")).ShouldContain("<b class=\"bad\">1</b>alert firing");
        var viewer = await portal.PersonAsync("vera", "viewer");
        (await viewer.PageAsync("/alerts")).ShouldNotContain("Silence it");
        (await viewer.SendFormAsync("/alerts", "/run/observe/alerts/silence", ("match", "alertname=PostgresDown,target=dev/shop"), ("for", "2h"), ("reason", "mine"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var sent = await portal.Admin.SendFormAsync("/alerts", "/run/observe/alerts/silence", ("match", "alertname=PostgresDown,target=dev/shop"), ("for", "2h"), ("reason", "we move it <i>today</i>"));
        sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await EndedAsync(portal, sent);
        page = await portal.Admin.PageAsync("/alerts");
        page.ShouldContain("firing, silenced");
        page.ShouldContain("we move it &lt;i&gt;today");
        (await project.RunAsync("ledger", "show")).Output.ShouldContain("ada");

        var id = System.Text.RegularExpressions.Regex.Match(page, "name=\"end\" value=\"([^\"]+)\"").Groups[1].Value;
        await EndedAsync(portal, await portal.Admin.SendFormAsync("/alerts", "/run/observe/alerts/silence", ("end", id)));
        (await portal.Admin.PageAsync("/alerts")).ShouldNotContain("firing, silenced");
    }

    private static Task EndedAsync(Portal portal, HttpResponseMessage started) => Eventually.TrueAsync(async () => (await portal.Admin.PageAsync(started.Headers.Location!.ToString())).Contains("pill good", StringComparison.Ordinal), "the job");
}
