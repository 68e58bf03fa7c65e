using System.Net;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>Who is let in, and how far.</summary>
public sealed class AccessTests
{
    private static readonly string[] pages = ["/", "/pipeline", "/pipeline/running", "/alerts", "/alerts/PostgresDown", "/backups", "/jobs", "/jobs/x", "/ledger", "/people", "/account", "/databases/dev/shop", "/databases/dev/shop/statements/1", "/changes/shop/0001", "/provision", "/ledger/export?format=csv", "/docs", "/docs/reference/verbs", "/backups/x/recovery", "/nothing", "/api/v1/nothing", "/metrics"];

    [Fact]
    public async Task nothing_is_answered_without_a_sign_in_and_nothing_with_too_small_a_role()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var portal = await Portal.StartAsync(project.Migration("0001_a", "CREATE TABLE a (id int);"));
        var stranger = portal.NewBrowser();
        foreach (var page in pages)
        {
            var answer = await stranger.GetAsync(page);
            if (page.StartsWith("/api", StringComparison.Ordinal))
                answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, page);
            else
                answer.Headers.Location!.ToString().ShouldBe("/sign-in", page);
        }

        // Every address and method that the document names, so that a new one is covered by itself.
        using var admin = await portal.TokenAsync(portal.Admin, "admin");
        var document = await Portal.JsonAsync(await admin.GetAsync("/api/v1/openapi.json"));
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => (Path: path.Key.Replace("{id}", "x", StringComparison.Ordinal), Method: method.Key, Role: (string)method.Value!["x-role"]!))).ToList();
        operations.Count.ShouldBeGreaterThan(50);
        var viewer = await portal.PersonAsync("vera", "viewer");
        using var token = await portal.TokenAsync(viewer, "admin");
        using var none = new HttpClient { BaseAddress = new Uri(portal.Address) };
        foreach (var (path, method, role) in operations)
        {
            using var unknown = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), path);
            var refused = await none.SendAsync(unknown);
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
            refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", path);
            if (role == "viewer")
                continue;
            using var small = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), path);
            (await token.SendAsync(small)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{method} {path}");
        }

        (await viewer.GetAsync("/people")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.SendFormAsync("/", "/run/migrate/apply", ("env", "dev"), ("yes", "true"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.SendFormAsync("/", "/people/ada", ("do", "shut-out"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.SendFormAsync("/", "/provision/draft", ("name", "x"), ("owner", "x"), ("environment", "dev"), ("engine", "postgres"), ("size", "small"), ("version", "15"), ("port", "5444"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.SendFormAsync("/", "/provision/write", ("name", "x"), ("owner", "x"), ("environment", "dev"), ("engine", "postgres"), ("size", "small"), ("version", "15"), ("port", "5444"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.SendFormAsync("/", "/changes/shop", ("migration", "0001"), ("text", "no"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var elsewhere = await portal.PersonAsync("eve", "viewer@prod");
        foreach (var page in new[] { "/databases/dev/shop", "/changes/shop/0001", "/provision", "/ledger", "/ledger/export?format=csv", "/alerts", "/backups", "/" })
            (await elsewhere.GetAsync(page)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, page);
        (await viewer.PageAsync("/pipeline")).ShouldNotContain("Apply</button>");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname = 'a'")).ShouldBe("0");
    }

    [Fact]
    public async Task the_link_for_the_first_administrator_opens_once()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var portal = await Portal.StartAsync(project);
        var link = System.Text.RegularExpressions.Regex.Match(portal.Process.Errors, @"/setup\?key=\w+").Value;
        var second = portal.NewBrowser();
        (await second.GetAsync(link)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await second.PostAsync(link, ("name", "mallory"), ("password", Portal.Password))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await second.SignInAsync("mallory")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        portal.Process.Terminate();
        (await portal.Process.WaitAsync()).ExitCode.ShouldBe(0);
        await portal.StartAsync();
        portal.Process.Errors.ShouldNotContain("/setup");
    }

    [Fact]
    public async Task who_guesses_passwords_is_slowed_down_and_so_is_nobody_else()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var portal = await Portal.StartAsync(project);
        await portal.PersonAsync("bob", "viewer");
        var guesser = portal.NewBrowser();
        for (var i = 0; i < 5; i++)
            (await guesser.SignInAsync("bob", $"a wrong sentence {i}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var late = await guesser.SignInAsync("bob");
        late.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await late.Content.ReadAsStringAsync()).ShouldContain("LK7003");
        (await portal.NewBrowser().SignInAsync("ada")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        // Whether there is such a person is not told either.
        var (wrong, nobody) = (await portal.NewBrowser().SignInAsync("ada", "a wrong sentence"), await portal.NewBrowser().SignInAsync("nobody", "a wrong sentence"));
        (await wrong.Content.ReadAsStringAsync()).Replace("ada", "nobody", StringComparison.Ordinal).ShouldBe(await nobody.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task a_form_of_another_site_does_nothing()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var portal = await Portal.StartAsync(project);
        var key = Browser.Key(await portal.Admin.PageAsync("/people"));
        (await portal.Admin.PostAsync("/people", ("name", "mallory"), ("roles", "admin"), ("password", Portal.Password))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await portal.Admin.PostAsync("/people", ("name", "mallory"), ("roles", "admin"), ("password", Portal.Password), ("_key", new string('0', 64)))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        foreach (var (name, value) in new[] { ("Origin", "http://elsewhere.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, portal.Address + "/people");
            request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "mallory", ["roles"] = "admin", ["password"] = Portal.Password, ["_key"] = key });
            request.Headers.TryAddWithoutValidation(name, value);
            var answer = await portal.Admin.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, value);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("LK7004");
        }

        (await portal.Admin.PageAsync("/people")).ShouldNotContain("mallory");
        var cookie = portal.Admin.Cookies.GetAllCookies().Single();
        cookie.HttpOnly.ShouldBeTrue();
        var signIn = await portal.NewBrowser().SignInAsync("ada");
        signIn.Headers.GetValues("Set-Cookie").Single().ShouldContain("samesite=strict", Case.Insensitive);
        signIn.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
    }

    [Fact]
    public async Task what_was_taken_away_opens_nothing_any_more()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var portal = await Portal.StartAsync(project);
        var bob = await portal.PersonAsync("bob", "viewer");
        var text = await Portal.TokenTextAsync(bob, "viewer");
        using var token = portal.Program(text);
        (await token.GetAsync("/api/v1/migrate/status")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await token.PostAsync("/account/tokens", new FormUrlEncodedContent([KeyValuePair.Create("for", "more"), KeyValuePair.Create("roles", "viewer"), KeyValuePair.Create("days", "300")]))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        (await bob.SendFormAsync("/account", $"/account/tokens/{text.Split('_')[1]}/revoke")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await token.GetAsync("/api/v1/migrate/status")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        // A copied cookie ends with the session, a session with the person.
        var copied = portal.NewBrowser();
        copied.Cookies.Add(bob.Cookies.GetAllCookies());
        (await copied.PageAsync("/")).ShouldContain("Fleet");
        await bob.SendFormAsync("/", "/sign-out");
        (await copied.GetAsync("/")).Headers.Location!.ToString().ShouldBe("/sign-in");
        (await bob.SignInAsync("bob")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var another = portal.Program(await Portal.TokenTextAsync(bob, "viewer"));
        await portal.Admin.SendFormAsync("/people", "/people/bob", ("do", "shut-out"));
        (await bob.GetAsync("/")).Headers.Location!.ToString().ShouldBe("/sign-in");
        (await another.GetAsync("/api/v1/migrate/status")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await bob.SignInAsync("bob")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await portal.Admin.SendFormAsync("/people", "/people/ada", ("do", "shut-out"))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await portal.Admin.PageAsync("/")).ShouldContain("Fleet");
    }

    [Fact]
    public async Task another_password_ends_the_sessions_of_before()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var portal = await Portal.StartAsync(project);
        var (bob, elsewhere) = (await portal.PersonAsync("bob", "viewer"), portal.NewBrowser());
        await elsewhere.SignInAsync("bob");
        (await bob.SendFormAsync("/account", "/account/password", ("now", "not the password"), ("next", "another long sentence"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await bob.SendFormAsync("/account", "/account/password", ("now", Portal.Password), ("next", "short"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await bob.SendFormAsync("/account", "/account/password", ("now", Portal.Password), ("next", "another long sentence"))).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await bob.PageAsync("/")).ShouldContain("Fleet");
        (await elsewhere.GetAsync("/")).Headers.Location!.ToString().ShouldBe("/sign-in");
        (await elsewhere.SignInAsync("bob")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await elsewhere.SignInAsync("bob", "another long sentence")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Theory]
    [InlineData("/assets/../Access/Role.cs")]
    [InlineData("/assets/..%2f..%2flockkeeper.yaml")]
    [InlineData("/assets/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/assets/lockkeeper.yaml")]
    public async Task no_path_leads_out_of_the_assets(string path)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var portal = await Portal.StartAsync(project);
        using var socket = new System.Net.Sockets.TcpClient();
        var address = new Uri(portal.Address);
        await socket.ConnectAsync(address.Host, address.Port);
        // As it is: a client would tidy the path up.
        await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(socket.GetStream());
        var answer = await reader.ReadToEndAsync();
        answer.ShouldMatch("^HTTP/1.1 (303|404|400)");
        answer.ShouldNotContain("root:");
        answer.ShouldNotContain("project: ");
    }

    [Fact]
    public async Task it_does_not_listen_to_the_network_without_being_told_that_a_proxy_encrypts()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var result = await project.RunAsync("serve", "--listen", "0.0.0.0:0");
        result.ExitCode.ShouldBe(5, result.ToString());
        result.Errors.ShouldContain("LK7015");
        (await project.RunAsync("serve", "--listen", "nonsense")).Errors.ShouldContain("LK1601");
    }
}
