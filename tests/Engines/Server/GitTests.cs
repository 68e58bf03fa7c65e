using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.Engines.Observe;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>A project in a clone: the server follows its branch, and looks at pull requests when the code host says so.</summary>
public sealed class GitTests
{
    private const string Secret = "the secret of the webhook";

    [Fact]
    public async Task the_server_follows_the_branch_and_says_which_commit_is_deployed_where()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        using var origin = await OriginAsync(project);
        project.TopSettings = "server: { git: { fetch: 1s } }";
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        await using var portal = await Portal.StartAsync(project);
        var first = (await GitAsync(project.Folder, "rev-parse", "HEAD"))[..8];
        (await portal.Admin.PageAsync("/pipeline")).ShouldContain($"<b>dev</b>: <code>{first}</code>");

        using var colleague = new TestFolder();
        await GitAsync(colleague.Path, "clone", "-q", origin.Path, ".");
        colleague.Write("migrations/0002_b.up.sql", "CREATE TABLE b (id int);");
        await CommitAsync(colleague.Path, "Add b <i>and more</i>");
        await GitAsync(colleague.Path, "push", "-q", "origin", "HEAD:main");
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(project.Folder, "migrations/0002_b.up.sql")), "the new migration");
        var page = await portal.Admin.PageAsync("/pipeline");
        page.ShouldContain($"<b>dev</b>: <code>{first}</code>");
        page.ShouldContain("1 commit with migrations behind");
        page.ShouldContain("Add b &lt;i&gt;and more&lt;/i&gt;");

        // What somebody has changed by hand is theirs.
        project.File("migrations/0003_c.up.sql", "CREATE TABLE mine (id int);");
        colleague.Write("migrations/0003_c.up.sql", "CREATE TABLE c (id int);");
        await CommitAsync(colleague.Path, "Add c");
        await GitAsync(colleague.Path, "push", "-q", "origin", "HEAD:main");
        await portal.Process.WaitForTextAsync("cannot be followed");
        (await File.ReadAllTextAsync(Path.Combine(project.Folder, "migrations/0003_c.up.sql"))).ShouldContain("mine");
        (await portal.Admin.PageAsync("/pipeline")).ShouldContain("The repository could not be followed");
    }

    [Fact]
    public async Task a_signed_message_starts_one_review_of_a_commit_whose_answer_is_posted_and_takes_nothing_but_migrations()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        using var origin = await OriginAsync(project);
        await using var host = new HttpReceiver();
        project.Variables["HOOK_SECRET"] = Secret;
        project.Variables["HOST_TOKEN"] = "token-of-the-host";
        project.TopSettings = $$"""server: { git: { fetch: 1h, pull_requests: { host: github, secret: "${env:HOOK_SECRET}", token: "${env:HOST_TOKEN}", comments: "http://127.0.0.1:{{host.Port}}/issues/{number}/comments" } } }""";
        using var author = new TestFolder();
        await GitAsync(author.Path, "clone", "-q", origin.Path, ".");
        author.Write("migrations/0002_b.up.sql", "ALTER TABLE a ADD COLUMN b int;\nCREATE INDEX a_b ON a (b);\n");
        author.Write("lockkeeper.yaml", "project: hostile\nstate: sqlite:/tmp/elsewhere.db\n");
        File.CreateSymbolicLink(Path.Combine(author.Path, "migrations/0003_c.up.sql"), "/etc/passwd");
        await CommitAsync(author.Path, "Add b");
        await GitAsync(author.Path, "push", "-q", "origin", "HEAD:refs/pull/7/head");
        var commit = await GitAsync(author.Path, "rev-parse", "HEAD");
        await using var portal = await Portal.StartAsync(project);
        using var client = new HttpClient { BaseAddress = new Uri(portal.Address) };

        var message = Message("opened", commit, isFork: false);
        (await SendAsync(client, message, "sha256=" + new string('0', 64))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(client, message, "")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(client, message, Sign(message), path: "/hooks/gitlab")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(client, "{", Sign("{"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ((string?)(await Portal.JsonAsync(await SendAsync(client, "{\"zen\":\"x\"}", Sign("{\"zen\":\"x\"}"), name: "ping")))["job"]).ShouldBeNull();

        var job = (string)(await Portal.JsonAsync(await SendAsync(client, message, Sign(message))))["job"]!;
        ((string)(await Portal.JsonAsync(await SendAsync(client, message, Sign(message))))["job"]!).ShouldBe(job);
        await Eventually.TrueAsync(() => host.Messages.Count > 0, "the comment");
        var comment = host.Messages.Single();
        comment.ShouldStartWith("/issues/7/comments ");
        var body = (string)JsonNode.Parse(comment[(comment.IndexOf(' ', StringComparison.Ordinal) + 1)..])!["body"]!;
        body.ShouldContain("0002\\_b.up.sql");
        body.ShouldContain("Tried on a shadow server");
        body.ShouldContain($"Looked at {commit[..8]}");
        body.ShouldNotContain("root:");
        File.Exists("/tmp/elsewhere.db").ShouldBeFalse();
        (await GitAsync(project.Folder, "worktree", "list")).Split('\n').Length.ShouldBe(1);

        // What a fork holds is not run.
        await GitAsync(author.Path, "commit", "-q", "--allow-empty", "-m", "Again");
        await GitAsync(author.Path, "push", "-q", "origin", "HEAD:refs/pull/7/head");
        var fork = Message("synchronize", await GitAsync(author.Path, "rev-parse", "HEAD"), isFork: true);
        (await SendAsync(client, fork, Sign(fork))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.TrueAsync(() => host.Messages.Count > 1, "the second comment");
        host.Messages[1].ShouldContain("its migrations were not tried");
        (portal.Process.Output + portal.Process.Errors).ShouldNotContain(Secret);
    }

    private static async Task<TestFolder> OriginAsync(LkProject project)
    {
        var origin = new TestFolder();
        await GitAsync(origin.Path, "init", "-q", "--bare", "-b", "main");
        await GitAsync(project.Folder, "init", "-q", "-b", "main");
        await GitAsync(project.Folder, "add", "migrations");
        await GitAsync(project.Folder, [.. Author, "commit", "-q", "-m", "Add a"]);
        await GitAsync(project.Folder, "remote", "add", "origin", origin.Path);
        await GitAsync(project.Folder, "push", "-q", "origin", "main");
        return origin;
    }

    private static string[] Author => ["-c", "user.name=tests", "-c", "user.email=tests@example.org"];

    private static async Task CommitAsync(string folder, string subject)
    {
        await GitAsync(folder, "add", ".");
        await GitAsync(folder, [.. Author, "commit", "-q", "-m", subject]);
    }

    private static async Task<string> GitAsync(string folder, params string[] arguments)
    {
        var result = await new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(new ProcessSpec("git", [.. Author, .. arguments]) { Folder = folder }, TestContext.Current.CancellationToken);
        return result.Succeeded ? result.Output.Trim() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {result.AllOutput}");
    }

    private static string Message(string action, string commit, bool isFork) => new JsonObject
    {
        ["action"] = action,
        ["pull_request"] = new JsonObject
        {
            ["number"] = 7, ["head"] = new JsonObject { ["sha"] = commit, ["repo"] = new JsonObject { ["id"] = isFork ? 2 : 1 } }, ["base"] = new JsonObject { ["repo"] = new JsonObject { ["id"] = 1 } },
        },
    }.ToJsonString();

    private static string Sign(string body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(body)));

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string body, string signature, string path = "/hooks/github", string name = "pull_request")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-GitHub-Event", name);
        if (signature.Length > 0)
            request.Headers.Add("X-Hub-Signature-256", signature);
        return await client.SendAsync(request);
    }
}
