using System.Diagnostics;
using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>Two servers of one project over one state in PostgreSQL.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    private readonly LkProject project;

    private Nodes(LkProject project, Portal first, Portal second, string token) => (this.project, First, Second, One, Two) = (project, first, second, first.Program(token), second.Program(token));

    public Portal First { get; }

    public Portal Second { get; }

    /// <summary>A program that talks to the first, with an administrator's token.</summary>
    public HttpClient One { get; }

    /// <summary>The same token at the second.</summary>
    public HttpClient Two { get; }

    public static async Task<Nodes> StartAsync(LkProject project, string stateUrl, string settings = "")
    {
        project.TopSettings = Settings(settings);
        project.Variables["STATE_URL"] = stateUrl;
        var first = await Portal.StartAsync(project);
        return new Nodes(project, first, await first.BesideAsync(), await Portal.TokenTextAsync(first.Admin, "admin"));
    }

    /// <summary>Changes the configuration while they run.</summary>
    public void Configure(string settings)
    {
        project.TopSettings = Settings(settings);
        project.Call();
    }

    /// <summary>Calls a verb that makes a job.</summary>
    public static async Task<JsonNode> CallAsync(HttpClient client, string verb, string body, string? key = null, int wait = 0)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/{verb}?wait={wait}") { Content = Portal.Body(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await Portal.JsonAsync(await client.SendAsync(request));
    }

    /// <summary>The jobs of somebody, the newest first.</summary>
    public static async Task<IReadOnlyList<JsonNode>> JobsAsync(HttpClient client, string actor) =>
        [.. (await Portal.JsonAsync(await client.GetAsync("/api/v1/jobs")))["jobs"]!.AsArray().Where(job => (string)job!["actor"]! == actor).Select(job => job!)];

    /// <summary>Waits for what takes up to a minute, such as the next minute of a schedule, without asking all the time.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(200))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(3))
                throw new TimeoutException($"{what} did not come true");
        }
    }

    /// <summary>Waits for the end of a job.</summary>
    public static async Task<JsonNode> EndAsync(HttpClient client, string id)
    {
        JsonNode job = null!;
        await UntilAsync(async () => (string)(job = await Portal.JsonAsync(await client.GetAsync($"/api/v1/jobs/{id}")))["state"]! is "ended" or "interrupted", "the job's end");
        return job;
    }

    /// <summary>What the ledger says of a kind, as <c>actor body</c>; the chain is sound.</summary>
    public async Task<IReadOnlyList<JsonNode>> LedgerAsync(string kind)
    {
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
        return [.. (await project.JsonAsync("ledger", "show", "--last", "500"))["data"]!["entries"]!.AsArray().Where(entry => (string)entry!["kind"]! == kind).Select(entry => entry!)];
    }

    public async ValueTask DisposeAsync()
    {
        One.Dispose();
        Two.Dispose();
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    private static string Settings(string more) => $"state: \"${{env:STATE_URL}}\"\n{more}";
}
