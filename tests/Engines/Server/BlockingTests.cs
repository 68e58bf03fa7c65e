using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lockkeeper.Tests.TestKit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>Who is in the way of a run, as those see it who look at its job.</summary>
public sealed class BlockingTests
{
    [Fact]
    public async Task the_tree_of_a_run_names_who_holds_who_waits_before_it_and_who_behind_and_is_gone_when_they_are()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_other", "CREATE TABLE other (id int);").Migration("0002_note", "ALTER TABLE busy ADD COLUMN note text;");
        project.DatabaseSettings = "lock_timeout: 20s";
        var dev = project["dev"];
        await dev.ExecuteAsync("CREATE TABLE busy (id int)");
        await using var portal = await Portal.StartAsync(project);
        using var admin = await portal.TokenAsync(portal.Admin, "admin");

        // The holder, one that waits for it, the run behind both, and one behind the run.
        await using var holder = await dev.BeginAsync("SELECT 'the holder', '<b>' FROM busy");
        var pid = holder.ProcessID;
        await using var before = await dev.BeginAsync("SELECT 1");
        var waiting = RunAsync(before, "ALTER TABLE busy ALTER COLUMN id SET DEFAULT 1");
        await Eventually.TrueAsync(() => WaitingAsync(1), "the one before the run waits");
        var job = await Nodes.CallAsync(admin, "migrate/apply", """{"env":"dev","yes":true}""");
        var events = admin.GetStringAsync($"/api/v1/jobs/{job["id"]}/events", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => WaitingAsync(2), "the run waits");
        await using var behind = await dev.OpenAsync();
        var read = RunAsync(behind, "SELECT 'behind' FROM busy");
        var page = "";
        await Eventually.TrueAsync(async () => (page = await portal.Admin.PageAsync($"/jobs/{job["id"]}")).Contains("behind", StringComparison.Ordinal), "the page shows all of them");

        Regex.Matches(page, "<th scope=\"row\">(?:<span class=\"hidden\">level (\\d): )?.*?(\\d*)</th><td>(.*?)</td><td>(.*?)</td>").Select(row => $"{row.Groups[1].Value} {row.Groups[4].Value}").ShouldBe(
            [" idle in transaction, has ACCESS SHARE on busy", "2 active, waiting for busy before us", "3 waits for busy", "4 waits behind it"], page);
        page.ShouldContain($">{pid}</th>");
        page.ShouldContain("1 session waits behind this run");
        page.ShouldNotContain("'<b>'");
        foreach (var pipeline in new[] { "/pipeline", "/pipeline/running" })
            (await portal.Admin.PageAsync(pipeline)).ShouldMatch($"data-key=\"{job["id"]}\"(?s).*href=\"/jobs/{job["id"]}\".*in its way on dev/shop: 2 sessions");

        await holder.DisposeAsync();
        await waiting;
        await before.DisposeAsync();
        ((int)(await Nodes.EndAsync(admin, (string)job["id"]!))["exit"]!).ShouldBe(0);
        await read;
        var trees = Regex.Matches(await events, "event: blocking\ndata: (.*)").Select(one => JsonNode.Parse(one.Groups[1].Value)!.AsArray()).ToList();
        trees[^1].ShouldBeEmpty("nobody is in the way at the end");
        ((string)trees[0][0]!["target"]!).ShouldBe("dev/shop");
        ((int)trees[0][0]!["run"]!["sessions"]![0]!["pid"]!).ShouldBe(pid);

        static async Task RunAsync(NpgsqlConnection connection, string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        async Task<bool> WaitingAsync(int count) => await dev.ScalarAsync("SELECT count(DISTINCT pid)::text FROM pg_locks WHERE NOT granted AND relation = 'busy'::regclass") == $"{count}";
    }
}
