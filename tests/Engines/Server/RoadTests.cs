using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>The road of a change through the portal: asked for by one, approved by another, applied, and in the ledger with their names.</summary>
public sealed class RoadTests
{
    [Fact]
    public async Task one_asks_another_approves_and_the_ledger_has_both()
    {
        await using var project = (await LkProject.CreateAsync("dev", "prod")).Configure("prod", "approvals: { required: 1 }")
            .Migration("0001_orders", "CREATE TABLE orders (id bigint PRIMARY KEY);\n-- <script>alert('comment')</script>");
        await using var portal = await Portal.StartAsync(project);
        var (dora, otto) = (await portal.PersonAsync("dora", "dba"), await portal.PersonAsync("otto", "viewer, operator@prod"));
        var other = await portal.PersonAsync("dev-only", "viewer, operator@dev");

        await DoneAsync(dora, await dora.SendFormAsync("/pipeline", "/run/migrate/apply", ("env", "dev"), ("database", "shop"), ("yes", "true")), "done");
        var asked = await DoneAsync(dora, await dora.SendFormAsync("/pipeline", "/run/migrate/promote", ("to", "prod"), ("database", "shop"), ("yes", "true")), "refused");
        asked.ShouldContain("LK1501");
        var run = Regex.Match(await dora.PageAsync("/pipeline"), @"run (\d{8}-\d{6}-[0-9a-f]{4})").Groups[1].Value;

        // Who has asked sees no button, and is refused without it.
        (await dora.PageAsync("/pipeline")).ShouldNotContain(">Approve<");
        (await DoneAsync(dora, await dora.SendFormAsync("/pipeline", "/run/approve", ("run", run)), "refused")).ShouldContain("LK1502");
        (await other.PageAsync("/pipeline")).ShouldNotContain(">Approve<");
        (await other.SendFormAsync("/pipeline", "/run/approve", ("run", run))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await otto.PageAsync("/pipeline")).ShouldContain(">Approve<");
        await DoneAsync(otto, await otto.SendFormAsync("/pipeline", "/run/approve", ("run", run)), "done");
        (await dora.PageAsync("/pipeline")).ShouldContain("approved by otto");
        await DoneAsync(dora, await dora.SendFormAsync("/pipeline", "/run/migrate/promote", ("to", "prod"), ("database", "shop"), ("yes", "true")), "done");

        (await project["prod"].ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("0");
        var ledger = await dora.PageAsync("/ledger");
        ledger.ShouldContain("approval.granted");
        (await project.RunAsync("ledger", "show")).Output.ShouldMatch(@"approval\.granted +otto");
        (await dora.PageAsync("/ledger?actor=otto")).ShouldNotContain("step.applied");
        (await dora.PageAsync("/ledger?word=" + Uri.EscapeDataString("<script>"))).ShouldNotContain("<script>alert");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task every_page_is_readable_without_script_and_none_holds_a_secret()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_<b>bold", "CREATE TABLE a (id int);");
        project.PointTo("dev", "postgres://nobody:s3cret-of-the-database@127.0.0.1:1/none");
        await using var portal = await Portal.StartAsync(project);
        var everything = new StringBuilder();
        foreach (var page in new[] { "/", "/pipeline", "/alerts", "/alerts/PostgresDown", "/alerts/PostgresDown?target=dev/shop", "/backups", "/jobs", "/ledger", "/people", "/account" })
        {
            var text = await portal.Admin.PageAsync(page);
            text.ShouldContain("<h1>", customMessage: page);
            text.ShouldNotContain("<b>bold");
            everything.Append(text);
        }

        var job = await DoneAsync(portal.Admin, await portal.Admin.SendFormAsync("/pipeline", "/run/migrate/apply", ("env", "dev"), ("yes", "true")), "failed");
        job.ShouldContain("LK2");
        using var client = await portal.TokenAsync(portal.Admin, "admin");
        everything.Append(job).Append(await client.GetStringAsync("/api/v1/migrate/status")).Append(await client.GetStringAsync("/api/v1/jobs"));
        everything.Append(portal.Process.Output).Append(portal.Process.Errors);
        portal.Process.Terminate();
        await portal.Process.WaitAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(project.Folder, ".lockkeeper")))
            everything.Append(Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file)));
        var all = everything.ToString();
        all.ShouldNotContain("s3cret-of-the-database");
        all.ShouldNotContain(Portal.Password);
        all.ShouldNotContain(client.DefaultRequestHeaders.Authorization!.Parameter!);
    }

    /// <summary>Follows a form to its job's page, and waits for the end.</summary>
    private static async Task<string> DoneAsync(Browser browser, HttpResponseMessage answer, string outcome)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await answer.Content.ReadAsStringAsync());
        var (path, page) = (answer.Headers.Location!.ToString(), "");
        await Eventually.TrueAsync(async () => !(page = await browser.PageAsync(path)).Contains("data-events", StringComparison.Ordinal), "the job's end");
        page.ShouldContain($"\">{outcome}</span>");
        return page;
    }
}
