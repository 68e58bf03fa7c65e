using System.Net;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>Two servers over one state: what one knows the other knows, and what one leaves the other finishes.</summary>
public sealed class NodesTests
{
    /// <summary>Waits in the target as long as somebody there holds the lock.</summary>
    private const string Waits = "SELECT pg_advisory_xact_lock(42);\nCREATE TABLE b (id int);";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task sessions_tokens_and_failed_sign_ins_are_those_of_all_servers()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var project = await LkProject.CreateAsync("dev");
        await using var nodes = await Nodes.StartAsync(project, state.Url);
        await nodes.First.PersonAsync("bob", "viewer");
        (await nodes.Two.GetAsync("/api/v1/migrate/status", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var copied = nodes.Second.NewBrowser();
        copied.Cookies.Add(nodes.First.Admin.Cookies.GetAllCookies());
        (await copied.PageAsync("/")).ShouldContain("Fleet");
        await copied.SendFormAsync("/", "/sign-out");
        (await nodes.First.Admin.GetAsync("/")).Headers.Location!.ToString().ShouldBe("/sign-in");

        for (var i = 0; i < 5; i++)
            (await (i % 2 == 0 ? nodes.First : nodes.Second).NewBrowser().SignInAsync("bob", $"a wrong sentence {i}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await nodes.First.NewBrowser().SignInAsync("bob")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await nodes.Second.NewBrowser().SignInAsync("bob")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await state.ScalarAsync("SELECT count(*)::text FROM lockkeeper_state.document WHERE kind = 'sign-in-failure' AND key ~ 'bob'")).ShouldBe("0", "names stand there as hashes");
    }

    [Fact]
    public async Task of_the_links_of_two_new_servers_the_first_that_is_used_ends_the_other()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var project = await LkProject.CreateAsync("dev");
        project.TopSettings = "state: \"${env:STATE_URL}\"";
        project.Variables["STATE_URL"] = state.Url;
        await using var first = await Portal.UnclaimedAsync(project);
        await using var second = await Portal.UnclaimedAsync(project);
        second.Process.Errors.ShouldContain("the first that is used ends the others");
        var (one, two) = (first.NewBrowser(), second.NewBrowser());
        (await two.PageAsync(second.SetupPath)).ShouldContain("Nobody has an account yet");

        // At once, with different names: one is made.
        (string, string)[] ada = [("name", "ada"), ("password", Portal.Password)], eve = [("name", "eve"), ("password", Portal.Password)];
        var answers = await Task.WhenAll(one.PostAsync(first.SetupPath, ada), two.PostAsync(second.SetupPath, eve));
        answers.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.SeeOther, HttpStatusCode.Unauthorized]);
        (await state.ScalarAsync("SELECT count(*)::text FROM lockkeeper_state.document WHERE kind = 'account'")).ShouldBe("1");
        var isFirst = answers[0].StatusCode == HttpStatusCode.SeeOther;
        var refused = await (isFirst ? two : one).GetAsync((isFirst ? second : first).SetupPath);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain("made by that of another server");
        (await (isFirst ? one : two).PageAsync("/people")).ShouldContain(isFirst ? "ada" : "eve");
    }

    [Fact]
    public async Task a_promotion_goes_on_at_the_other_server_when_its_own_is_killed()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var project = (await LkProject.CreateAsync("dev", "prod")).Migration("0001_a", "CREATE TABLE a (id int);").Migration("0002_b", Waits).Migration("0003_c", "CREATE TABLE c (id int);");
        project.DatabaseSettings = "lock_retries: 100";
        await using var nodes = await Nodes.StartAsync(project, state.Url);
        ((int)(await Nodes.CallAsync(nodes.One, "migrate/apply", """{"env":"dev","yes":true}""", wait: 60))["exit"]!).ShouldBe(0);

        await using var holder = await HoldAsync(project["prod"]);
        var id = (string)(await Nodes.CallAsync(nodes.One, "migrate/promote", """{"to":"prod","yes":true}""", "release-1"))["id"]!;
        ((string)(await Nodes.CallAsync(nodes.Two, "migrate/promote", """{"to":"prod","yes":true}""", "release-1"))["id"]!).ShouldBe(id, "the key holds at every server");
        var watched = nodes.Two.GetStringAsync($"/api/v1/jobs/{id}/events", Cancel);
        await WaitsAsync(project["prod"]);
        await Eventually.TrueAsync(async () => (await nodes.Second.Admin.PageAsync($"/jobs/{id}")).Contains($">{holder.ProcessID}</th>", StringComparison.Ordinal), "who is in the way is seen at the other server");
        nodes.First.Process.Kill();
        await nodes.First.Process.WaitAsync();
        await holder.DisposeAsync();

        var job = await Nodes.EndAsync(nodes.Two, id);
        ((int)job["exit"]!).ShouldBe(0, job.ToJsonString());
        ((int)job["attempt"]!).ShouldBe(2);
        (await watched).ShouldContain("begins it again");
        (await watched).ShouldContain("event: blocking");
        (await watched).ShouldContain("event: end\ndata: 0");
        (await project.HistoryAsync("prod")).ShouldBe(await project.HistoryAsync("dev"), "each migration once");
        (await nodes.LedgerAsync("server.job_taken_over")).Count.ShouldBe(1);
        (await nodes.LedgerAsync("server.called")).Count(entry => (string)entry["body"]!["job"]! == id).ShouldBe(2);
        (await state.ScalarAsync("SELECT count(*)::text FROM lockkeeper_state.document WHERE kind IN ('job-open', 'job-look', 'job-stop')")).ShouldBe("0", "nothing is left of it but the job");
    }

    [Fact]
    public async Task a_server_that_was_paused_hears_that_another_has_its_job_and_leaves_it_alone()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);").Migration("0002_b", Waits).Migration("0003_c", "CREATE TABLE c (id int);");
        project.DatabaseSettings = "lock_retries: 100";
        await using var nodes = await Nodes.StartAsync(project, state.Url);
        await using var holder = await HoldAsync(project["dev"]);
        var asked = await Nodes.CallAsync(nodes.One, "migrate/apply", """{"env":"dev","yes":true}""");
        await WaitsAsync(project["dev"]);
        nodes.First.Process.Stop();
        try
        {
            await Nodes.UntilAsync(async () => (string)(await Portal.JsonAsync(await nodes.Two.GetAsync($"/api/v1/jobs/{asked["id"]}", Cancel)))["node"]! != (string)asked["node"]!, "the other server has it");
            await holder.DisposeAsync();
            ((int)(await Nodes.EndAsync(nodes.Two, (string)asked["id"]!))["exit"]!).ShouldBe(0);
        }
        finally
        {
            nodes.First.Process.Continue();
        }

        await Eventually.TrueAsync(() => (nodes.First.Process.Errors + nodes.First.Process.Output).Contains("was silent for too long", StringComparison.Ordinal), "the paused server hears of it");
        var job = await Portal.JsonAsync(await nodes.One.GetAsync($"/api/v1/jobs/{asked["id"]}", Cancel));
        ((int)job["attempt"]!).ShouldBe(2);
        ((int)job["exit"]!).ShouldBe(0, job.ToJsonString());
        (await project.HistoryAsync("dev")).Split(", ").Length.ShouldBe(3);
        // It is a server again: the next job is its own.
        var next = await Nodes.CallAsync(nodes.One, "migrate/apply", """{"env":"dev","yes":true}""", wait: 60);
        ((int)next["exit"]!).ShouldBe(0);
        ((string)next["node"]!).ShouldContain($"-{nodes.First.Process.Id}-");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_server_that_stops_hands_over_and_a_job_is_stopped_from_any_server()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);").Migration("0002_b", Waits);
        project.DatabaseSettings = "lock_retries: 100";
        await using var nodes = await Nodes.StartAsync(project, state.Url);
        await using var holder = await HoldAsync(project["dev"]);
        var id = (string)(await Nodes.CallAsync(nodes.One, "migrate/apply", """{"env":"dev","yes":true}"""))["id"]!;
        await WaitsAsync(project["dev"]);
        nodes.First.Process.Terminate();
        (await nodes.First.Process.WaitAsync()).ExitCode.ShouldBe(0);
        await Eventually.TrueAsync(async () => (string)(await Portal.JsonAsync(await nodes.Two.GetAsync($"/api/v1/jobs/{id}", Cancel)))["state"]! == "running", "the other server has it");
        await WaitsAsync(project["dev"]);

        // A third one may ask the second to stop it.
        await using var third = await nodes.Second.BesideAsync();
        (await third.Admin.SendFormAsync($"/jobs/{id}", $"/jobs/{id}/stop")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var job = await Nodes.EndAsync(nodes.Two, id);
        ((string)job["state"]!).ShouldBe("ended");
        ((string)job["answer"]!["error"]!["code"]!).ShouldBe("LK1001", job.ToJsonString());
        await holder.DisposeAsync();
        ((int)(await Nodes.CallAsync(nodes.Two, "migrate/apply", """{"env":"dev","yes":true}""", wait: 60))["exit"]!).ShouldBe(0);
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task both_servers_and_what_they_run_live_through_a_restart_of_the_state()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var state = await TestDatabase.CreateAsync(cluster: cluster);
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);").Migration("0002_b", Waits).Migration("0003_c", "CREATE TABLE c (id int);");
        project.DatabaseSettings = "lock_retries: 100";
        await using var nodes = await Nodes.StartAsync(project, state.Url);
        await using var holder = await HoldAsync(project["dev"]);
        var id = (string)(await Nodes.CallAsync(nodes.One, "migrate/apply", """{"env":"dev","yes":true}"""))["id"]!;
        await WaitsAsync(project["dev"]);

        await cluster.StopAsync(cancel: Cancel);
        foreach (var client in new[] { nodes.One, nodes.Two })
        {
            var answer = await client.GetAsync("/api/v1/jobs", Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await client.GetAsync("/readyz", Cancel)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("LK1404");
        }

        (await project.RunAsync("ledger", "show")).Errors.ShouldContain("LK1404");
        // The run asks for the ledger while that is away, and waits.
        await holder.DisposeAsync();
        await cluster.StartAgainAsync(Cancel);
        var job = await Nodes.EndAsync(nodes.Two, id);
        ((int)job["exit"]!).ShouldBe(0, job.ToJsonString());
        ((int)job["attempt"]!).ShouldBe(1, "nobody was thought dead");
        (await nodes.First.Admin.PageAsync("/jobs")).ShouldContain(id);
        (await project.HistoryAsync("dev")).Split(", ").Length.ShouldBe(3);
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    private static async Task<NpgsqlConnection> HoldAsync(TestDatabase target)
    {
        var holder = await target.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(42)", holder);
        await command.ExecuteNonQueryAsync(Cancel);
        return holder;
    }

    private static Task WaitsAsync(TestDatabase target) => Eventually.TrueAsync(
        async () => await target.ScalarAsync("SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") != "0", "the migration waits for the lock");
}
