using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Lockkeeper.Tests.TestKit;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>People whom somebody else has signed in: a provider by its tokens, a proxy by its header.</summary>
public sealed class ForeignPeopleTests
{
    [Fact]
    public async Task a_providers_token_opens_what_its_groups_may_and_any_other_token_opens_nothing()
    {
        await using var provider = new SignInProvider();
        await using var project = await LkProject.CreateAsync("dev");
        project.TopSettings = $$"""server: { oidc: { issuer: "{{provider.Issuer}}", audience: lockkeeper, roles: { dbas: dba, readers: viewer } } }""";
        await using var portal = await Portal.StartAsync(project);
        (await StatusAsync(portal, provider.Token("grace@example.org", ["readers"]))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(portal, provider.Token("grace@example.org", ["strangers"]))).ShouldBe(HttpStatusCode.Forbidden);
        (await CallAsync(portal, provider.Token("grace@example.org", ["readers"]), HttpMethod.Post, "/api/v1/migrate/apply", "{\"env\":\"dev\"}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await CallAsync(portal, provider.Token("grace@example.org", ["dbas"]), HttpMethod.Post, "/api/v1/migrate/apply?wait=60", "{\"env\":\"dev\",\"yes\":true}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await project.RunAsync("ledger", "show")).Output.ShouldContain("grace@example.org");

        provider.Rotate();
        await Eventually.TrueAsync(async () => await StatusAsync(portal, provider.Token("grace@example.org", ["readers"])) == HttpStatusCode.OK, "the provider's new key");
        var good = provider.Token("grace@example.org", ["readers"]);
        var parts = good.Split('.');
        var bad = new Dictionary<string, string>
        {
            ["of another issuer"] = provider.Token("g", ["readers"], issuer: "http://127.0.0.1:1"),
            ["for somebody else"] = provider.Token("g", ["readers"], audience: "payroll"),
            ["run out"] = provider.Token("g", ["readers"], lasts: TimeSpan.FromMinutes(-5)),
            ["signed by another key"] = provider.Token("g", ["readers"], key: SignInProvider.NewKey()),
            ["signed with the public key as a shared secret"] = provider.Token("g", ["readers"], key: new SymmetricSecurityKey(provider.Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = provider.Key.KeyId }, algorithm: SecurityAlgorithms.HmacSha256),
            ["not signed"] = $"{Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")}.{parts[1]}.",
            ["with other claims under the signature"] = $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("readers", "dbas", StringComparison.Ordinal))}.{parts[2]}",
            ["with a name that is none"] = provider.Token("<b>", ["readers"]),
            ["empty"] = "..",
        };
        foreach (var (what, token) in bad)
            (await StatusAsync(portal, token)).ShouldBe(HttpStatusCode.Unauthorized, what);

        // Who is shut out here does not come in by another door.
        (await portal.Admin.SendFormAsync("/people", "/people", ("name", "grace@example.org"), ("roles", "viewer"), ("password", Portal.Password))).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await StatusAsync(portal, good)).ShouldBe(HttpStatusCode.OK);
        (await portal.Admin.SendFormAsync("/people", "/people/grace@example.org", ("do", "shut-out"))).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await StatusAsync(portal, good)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task a_proxys_word_counts_from_its_address_only_and_its_people_send_forms_with_the_pages_key()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.TopSettings = """server: { trusted_proxy: { addresses: [127.0.0.2], roles: { dbas: "dba viewer" } } }""";
        await using var portal = await Portal.StartAsync(project);
        using var proxy = From(portal, "127.0.0.2");
        using var stranger = From(portal, "127.0.0.1");
        (await PageAsync(stranger, "linus", "dbas")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await PageAsync(proxy, null, "dbas")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await PageAsync(proxy, "linus", "others")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var page = await PageAsync(proxy, "linus", "others, dbas");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await page.Content.ReadAsStringAsync();
        text.ShouldContain(">linus</a>");

        using (var twice = Request(HttpMethod.Get, "/", "linus", "dbas"))
        {
            twice.Headers.TryAddWithoutValidation("X-Forwarded-User", "root");
            (await proxy.SendAsync(twice)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        }

        using (var forged = Request(HttpMethod.Post, "/run/migrate/apply", "linus", "dbas"))
        {
            forged.Content = new FormUrlEncodedContent([new("env", "dev"), new("yes", "true")]);
            (await proxy.SendAsync(forged)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        using var meant = Request(HttpMethod.Post, "/run/migrate/apply", "linus", "dbas");
        meant.Content = new FormUrlEncodedContent([new("env", "dev"), new("yes", "true"), new("_key", Browser.Key(text))]);
        (await proxy.SendAsync(meant)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task a_configuration_that_would_let_the_wrong_people_in_is_refused_at_the_start()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.TopSettings = """server: { oidc: { issuer: "http://login.example.org", audience: a, roles: { x: admin } } }""";
        (await project.RunAsync("serve")).Errors.ShouldContain("is not an https address");
        project.TopSettings = """server: { trusted_proxy: { addresses: [everywhere], roles: { x: admin } } }""";
        (await project.RunAsync("serve")).Errors.ShouldContain("'everywhere' is not an IP address");
        project.TopSettings = """server: { trusted_proxy: { addresses: [127.0.0.1], roles: { x: king } } }""";
        (await project.RunAsync("serve")).Errors.ShouldContain("LK7012");
    }

    private static async Task<HttpStatusCode> StatusAsync(Portal portal, string token) => (await CallAsync(portal, token, HttpMethod.Get, "/api/v1/observe/alerts/rules", null)).StatusCode;

    private static async Task<HttpResponseMessage> CallAsync(Portal portal, string token, HttpMethod method, string path, string? body)
    {
        using var client = new HttpClient { BaseAddress = new Uri(portal.Address) };
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request);
    }

    private static HttpClient From(Portal portal, string address) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri(portal.Address),
    };

    private static async Task<HttpResponseMessage> PageAsync(HttpClient client, string? user, string groups)
    {
        using var request = Request(HttpMethod.Get, "/", user, groups);
        return await client.SendAsync(request);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? user, string groups)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.ParseAdd("text/html");
        if (user is not null)
            request.Headers.Add("X-Forwarded-User", user);
        request.Headers.Add("X-Forwarded-Groups", groups);
        return request;
    }
}
