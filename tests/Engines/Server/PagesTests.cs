using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>Pages that take something from people: comments, declarations, searches and their exports.</summary>
public sealed class PagesTests
{
    private const string Hostile = "</pre><script>alert('said')</script>";

    [Fact]
    public async Task a_change_is_read_and_talked_about_and_the_ledger_is_searched_and_exported()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Configure("dev", "gates: [ { name: smoke, run: \"echo '<b>from the gate</b>'\" } ]")
            .Migration("0001_orders", $"CREATE TABLE orders (id bigint PRIMARY KEY); -- {Hostile}\n", "DROP TABLE orders;");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        await using var portal = await Portal.StartAsync(project);
        var vera = await portal.PersonAsync("vera", "viewer");
        var dora = await portal.PersonAsync("dora", "viewer, developer@dev");

        var page = await vera.PageAsync("/changes/shop/0001");
        page.ShouldNotContain("<script>alert");
        page.ShouldNotContain("<b>from the gate");
        page.ShouldContain("dev: applied");
        page.ShouldContain("from the gate");
        page.ShouldContain("step.done");
        page.ShouldNotContain("Say it");
        (await vera.GetAsync("/changes/shop/9999")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await vera.GetAsync("/changes/shop/..%2f..%2fetc")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        (await dora.SendFormAsync("/changes/shop/0001", "/changes/shop", ("migration", "0001"), ("text", "=1+1 " + Hostile))).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await dora.SendFormAsync("/changes/shop/0001", "/changes/shop", ("migration", "0001"), ("text", "  "))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await dora.SendFormAsync("/changes/shop/0001", "/changes/shop", ("migration", "0001"), ("text", new string('x', 4001)))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await dora.SendFormAsync("/changes/shop/0001", "/changes/shop", ("migration", "9999"), ("text", "of nothing"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        page = await vera.PageAsync("/changes/shop/0001");
        page.ShouldContain("=1&#x2B;1");
        page.ShouldNotContain("<script>alert");

        var ledger = await vera.PageAsync("/ledger?actor=dora&duty=migrate");
        ledger.ShouldContain("change.commented");
        ledger.ShouldNotContain("step.done");
        ledger.ShouldContain("The ledger is sound");
        (await vera.PageAsync("/ledger?duty=server")).ShouldNotContain("change.commented");
        var lines = (await vera.PageAsync("/ledger/export?format=jsonl&actor=dora")).TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        lines.ShouldAllBe(line => (string?)line["actor"] == "dora");
        ((string)lines.Single(line => (string?)line["kind"] == "change.commented")["body"]!).ShouldContain("alert");
        var table = await vera.GetAsync("/ledger/export?format=csv");
        table.Content.Headers.ContentDisposition!.FileName!.ShouldContain("ledger.csv");
        (await table.Content.ReadAsStringAsync()).Split("\r\n")[0].ShouldBe("number,at,kind,run,environment,database,actor,body,previous_hash,hash");
        (await vera.GetAsync("/ledger/export?format=exe")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task the_fleet_shows_the_drift_that_was_last_found_and_what_nobody_has_looked_at()
    {
        await using var project = (await LkProject.CreateAsync("dev", "prod")).Migration("0001_orders", "CREATE TABLE orders (id bigint PRIMARY KEY);");
        project.Variables["ADMIN_URL"] = project["dev"].Url;
        project.File("clusters/main.yaml", "environment: dev\nadmin: \"${env:ADMIN_URL}\"\nparameters: { work_mem: 77MB }\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        await using var portal = await Portal.StartAsync(project);
        await Eventually.TrueAsync(async () => Cell(await portal.Admin.PageAsync("/"), "dev").Contains(">none<", StringComparison.Ordinal), "the run's end on the page");
        var before = await portal.Admin.PageAsync("/");
        Cell(before, "dev").ShouldContain("main: not looked at");
        Cell(before, "prod").ShouldContain("schema: not looked at");
        Cell(before, "prod").ShouldNotContain("main");

        await project["dev"].ExecuteAsync("ALTER TABLE orders ADD COLUMN by_hand text");
        using var admin = await portal.TokenAsync(portal.Admin, "admin");
        ((int)(await Nodes.CallAsync(admin, "migrate/verify", """{"env":"dev"}""", wait: 60))["exit"]!).ShouldBe(1);
        ((int)(await Nodes.CallAsync(admin, "provision/drift", """{"cluster":"main"}""", wait: 60))["exit"]!).ShouldBe(1);
        var cell = "";
        await Eventually.TrueAsync(async () => !(cell = Cell(await portal.Admin.PageAsync("/"), "dev")).Contains("not looked at", StringComparison.Ordinal), "what was found on the page");
        cell.ShouldMatch("schema: <a class=\"pill bad\"[^>]*>1 difference</a> \\d+ s ago");
        cell.ShouldMatch("main: <a class=\"pill bad\"[^>]*>\\d+ differences?</a> \\d+ s ago");
        (await portal.Admin.PageAsync(Regex.Match(cell, "/ledger\\?run=[^\"]+").Value)).ShouldContain("by_hand");
        (await portal.Admin.PageAsync("/")).ShouldMatch("<b class=\"bad\">1</b>database drifted");

        // Found by the run that is refused for it, and gone with the one that takes it as the new normal.
        await project["dev"].ExecuteAsync("ALTER TABLE orders ADD COLUMN more_by_hand text");
        project.Migration("0002_paid", "ALTER TABLE orders ADD COLUMN paid boolean;");
        ((int)(await Nodes.CallAsync(admin, "migrate/apply", """{"env":"dev","yes":true}""", wait: 60))["exit"]!).ShouldNotBe(0);
        await Eventually.TrueAsync(async () => Cell(await portal.Admin.PageAsync("/"), "dev").Contains("2 differences", StringComparison.Ordinal), "what the refused run found");
        ((int)(await Nodes.CallAsync(admin, "migrate/apply", """{"env":"dev","yes":true,"accept-drift":true}""", wait: 60))["exit"]!).ShouldBe(0);
        await Eventually.TrueAsync(async () => Cell(await portal.Admin.PageAsync("/"), "dev").Contains(">none<", StringComparison.Ordinal), "the run's end on the page");

        static string Cell(string page, string environment) => Regex.Match(page, $"<td>{environment}</td>.*?</tr>", RegexOptions.Singleline).Value;
    }

    [Fact]
    public async Task a_cluster_is_asked_for_declared_once_and_destroyed_only_with_its_name_typed_again()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Variables["SHOP_NEW_ADMIN_URL"] = "postgres://keeper:s3cret-of-the-keeper@127.0.0.1:5444/postgres";
        await using var portal = await Portal.StartAsync(project);
        (string, string)[] wanted = [("name", "shop-new"), ("owner", "shop_team"), ("environment", "dev"), ("engine", "postgres"), ("size", "small"), ("version", "15"), ("port", "5444")];
        var draft = await (await portal.Admin.SendFormAsync("/provision", "/provision/draft", wanted)).Content.ReadAsStringAsync();
        draft.ShouldContain("cluster: shop-new");
        File.Exists(Path.Combine(project.Folder, "clusters", "shop-new.yaml")).ShouldBeFalse();
        (await portal.Admin.SendFormAsync("/provision", "/provision/write", wanted)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        Directory.GetFiles(Path.Combine(project.Folder, "clusters")).Select(Path.GetFileName).ShouldBe(["shop-new.yaml"]);
        (await portal.Admin.SendFormAsync("/provision", "/provision/write", wanted)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await portal.Admin.SendFormAsync("/provision", "/provision/write", [.. wanted.Where(pair => pair.Item1 != "name"), ("name", "../../evil")])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var page = await portal.Admin.PageAsync("/provision");
        page.ShouldContain("postgres://shop_team@127.0.0.1:5444/shop_new");
        page.ShouldContain("It is protected");
        (await portal.Admin.PageAsync("/ledger?duty=provision")).ShouldContain("provision.declared");

        // The verb itself refuses, whatever a form says.
        var answer = await portal.Admin.SendFormAsync("/provision", "/run/provision/destroy", ("cluster", "shop-new"), ("yes", "true"), ("name", "shop-new"), ("no-last-backup", "true"));
        var job = answer.Headers.Location!.ToString();
        var text = "";
        await Eventually.TrueAsync(async () => !(text = await portal.Admin.PageAsync(job)).Contains("data-events", StringComparison.Ordinal), "the job's end");
        text.ShouldContain("is protected");
        (draft + page + text).ShouldNotContain("s3cret-of-the-keeper");
    }
}
