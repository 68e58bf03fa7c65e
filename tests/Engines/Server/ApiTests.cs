using System.Net;
using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>Verbs over HTTP: answers, errors, jobs and their events.</summary>
public sealed class ApiTests
{
    private const string Json = "application/problem+json";

    [Fact]
    public async Task a_verb_answers_as_the_command_line_does_and_says_what_is_wrong_with_a_request()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        await using var portal = await Portal.StartAsync(project);
        using var client = await portal.TokenAsync(portal.Admin, "admin");
        var over = await Portal.JsonAsync(await client.GetAsync("/api/v1/migrate/status?env=dev"));
        over.ToJsonString().ShouldBe((await project.JsonAsync("migrate", "status", "--env", "dev")).ToJsonString());

        await ProblemAsync(await client.GetAsync("/api/v1/migrate/status?env=nowhere"), 400, "LK1106");
        await ProblemAsync(await client.GetAsync("/api/v1/migrate/status?evn=dev"), 400, "LK7006");
        await ProblemAsync(await client.GetAsync("/api/v1/migrate/lint?path=/etc/passwd"), 400, "LK7006");
        await ProblemAsync(await client.GetAsync("/api/v1/migrate/status?config=/etc/passwd"), 400, "LK7006");
        await ProblemAsync(await client.PostAsync("/api/v1/migrate/plan", Portal.Body("[1]")), 400, "LK7006");
        await ProblemAsync(await client.PostAsync("/api/v1/migrate/plan", Portal.Body("{")), 400, "LK7006");
        await ProblemAsync(await client.PostAsync("/api/v1/migrate/plan", Portal.Body("{\"env\":null}")), 400, "LK7006");
        await ProblemAsync(await client.PostAsync("/api/v1/migrate/plan", new StringContent("env=dev")), 400, "LK7006");
        await ProblemAsync(await client.PostAsync("/api/v1/migrate/plan", Portal.Body("{}")), 400, "LK1000");
        await ProblemAsync(await client.PostAsync("/api/v1/migrate/plan", Portal.Body($"{{\"env\":\"{new string('x', 100_000)}\"}}")), 413, "LK7007");
        await ProblemAsync(await client.GetAsync("/api/v1/sandbox/up"), 404, "LK7005");
        await ProblemAsync(await client.DeleteAsync("/api/v1/migrate/status"), 404, "LK7005");
        (await client.GetAsync("/healthz")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/readyz")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_job_is_made_once_for_a_key_and_tells_how_it_went_on()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);").Migration("0002_b", "CREATE TABLE b (id int);");
        await using var portal = await Portal.StartAsync(project);
        using var client = await portal.TokenAsync(portal.Admin, "admin");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync(client, "k1", "dev")));
        var ids = await Task.WhenAll(answers.Select(async answer => (string)(await Portal.JsonAsync(answer))["id"]!));
        ids.Distinct().Count().ShouldBe(1);
        using var request = Request("k1", "{\"env\":\"dev\",\"dry-run\":true}");
        await ProblemAsync(await client.SendAsync(request), 422, "LK7008");

        // The stream ends by itself, and a second reader gets the same.
        var events = await client.GetStringAsync($"/api/v1/jobs/{ids[0]}/events");
        events.ShouldContain("event: end\ndata: 0\n");
        (await client.GetStringAsync($"/api/v1/jobs/{ids[0]}/events")).ShouldContain("event: end\ndata: 0\n");
        var job = await Portal.JsonAsync(await client.GetAsync($"/api/v1/jobs/{ids[0]}"));
        ((string)job["state"]!).ShouldBe("ended");
        ((int)job["answer"]!["exit"]!).ShouldBe(0);
        ((string)job["answer"]!["verb"]!).ShouldBe("migrate apply");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations")).ShouldBe("2");
        (await project.RunAsync("ledger", "show")).Output.ShouldContain("server.called");

        for (var i = 0; i < 3; i++)
            (await client.PostAsync("/api/v1/migrate/status?wait=30", Portal.Body("{}"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var first = await Portal.JsonAsync(await client.GetAsync("/api/v1/jobs?limit=3"));
        first["jobs"]!.AsArray().Count.ShouldBe(3);
        var second = await Portal.JsonAsync(await client.GetAsync((string)first["next"]!));
        second["jobs"]!.AsArray().Select(one => (string)one!["id"]!).ShouldBe([ids[0]]);
        ((string?)second["next"]).ShouldBeNull();
    }

    [Fact]
    public async Task the_work_of_a_server_that_was_killed_is_said_to_be_interrupted_and_the_next_call_ends_it()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_slow", "CREATE TABLE a (id int); SELECT pg_sleep(60);").Migration("0002_b", "CREATE TABLE b (id int);");
        await using var portal = await Portal.StartAsync(project);
        string id;
        string token = await Portal.TokenTextAsync(portal.Admin, "admin");
        using (var client = portal.Program(token))
        {
            id = (string)(await Portal.JsonAsync(await StartAsync(client, "k", "dev")))["id"]!;
            await Eventually.TrueAsync(async () => await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid()") != "0", "the statement");
            portal.Process.Kill();
            await portal.Process.WaitAsync();
        }

        await project["dev"].ScalarAsync("SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        project.Migration("0001_slow", "CREATE TABLE a (id int);");
        await portal.StartAsync();
        portal.Process.Errors.ShouldContain($"job {id} (migrate apply, ada) was interrupted");
        using var again = portal.Program(token);
        var job = await Portal.JsonAsync(await again.GetAsync($"/api/v1/jobs/{id}"));
        ((string)job["state"]!).ShouldBe("interrupted");
        ((string)job["answer"]!["error"]!["code"]!).ShouldBe("LK7014");
        (await portal.Admin.PageAsync($"/jobs/{id}")).ShouldContain("The server stopped while this ran");
        using var request = Request("k2", "{\"env\":\"dev\",\"yes\":true}");
        var next = await Portal.JsonAsync(await again.SendAsync(request));
        ((int)next["exit"]!).ShouldBe(0, next.ToJsonString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname IN ('a', 'b')")).ShouldBe("2");
    }

    [Fact]
    public async Task a_job_that_is_stopped_and_a_server_that_is_stopped_end_where_the_next_call_goes_on()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);").Migration("0002_slow", "SELECT pg_sleep(120);");
        await using var portal = await Portal.StartAsync(project);
        using var client = await portal.TokenAsync(portal.Admin, "admin");
        var id = (string)(await Portal.JsonAsync(await StartAsync(client, "k", "dev")))["id"]!;
        await SleepsAsync(project);
        var bob = await portal.PersonAsync("bob", "viewer");
        (await bob.SendFormAsync($"/jobs/{id}", $"/jobs/{id}/stop")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await portal.Admin.SendFormAsync($"/jobs/{id}", $"/jobs/{id}/stop")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await Eventually.TrueAsync(async () => (string)(await Portal.JsonAsync(await client.GetAsync($"/api/v1/jobs/{id}")))["state"]! == "ended", "the job's end");
        ((string)(await Portal.JsonAsync(await client.GetAsync($"/api/v1/jobs/{id}")))["answer"]!["error"]!["code"]!).ShouldBe("LK1001");

        var second = (string)(await Portal.JsonAsync(await StartAsync(client, "k2", "dev")))["id"]!;
        await SleepsAsync(project);
        portal.Process.Terminate();
        (await portal.Process.WaitAsync()).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname = 'a'")).ShouldBe("1");
        await portal.StartAsync();
        (await portal.Admin.PageAsync($"/jobs/{second}")).ShouldContain("interrupted");
    }

    private static Task SleepsAsync(LkProject project) => Eventually.TrueAsync(
        async () => await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(120)%' AND state = 'active' AND pid <> pg_backend_pid()") != "0", "the statement");

    private static async Task<HttpResponseMessage> StartAsync(HttpClient client, string key, string environment)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/migrate/apply");
        request.Headers.Add("Idempotency-Key", key);
        request.Content = Portal.Body($"{{\"env\":\"{environment}\",\"yes\":true}}");
        return await client.SendAsync(request);
    }

    private static HttpRequestMessage Request(string key, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/migrate/apply?wait=60") { Content = Portal.Body(body) };
        request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private static async Task ProblemAsync(HttpResponseMessage answer, int status, string code)
    {
        var problem = await Portal.JsonAsync(answer);
        ((int)answer.StatusCode).ShouldBe(status, problem.ToJsonString());
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(Json);
        ((string)problem["code"]!).ShouldBe(code, problem.ToJsonString());
        ((string)problem["hint"]!).ShouldNotBeNullOrEmpty();
        ((int)problem["status"]!).ShouldBe(status);
        problem.ShouldBeOfType<JsonObject>();
    }
}
