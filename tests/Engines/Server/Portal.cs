using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lockkeeper.Tests.TestKit;
using Shouldly;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary><c>lk serve</c> of a project, with an administrator.</summary>
internal sealed class Portal : IAsyncDisposable
{
    public const string Password = "a long enough sentence";

    private readonly LkProject project;
    private IReadOnlyList<string> arguments = [];

    private Portal(LkProject project, LkProcess process, string address) => (this.project, Process, Address) = (project, process, address);

    public LkProcess Process { get; private set; }

    public string Address { get; private set; }

    /// <summary>The administrator's browser.</summary>
    public Browser Admin { get; private set; } = null!;

    /// <summary>The address of the first administrator's page, with its key.</summary>
    public string SetupPath => Regex.Match(Process.Errors, @"http://[^/]+(/setup\?key=\w+)").Groups[1].Value;

    public static async Task<Portal> StartAsync(LkProject project, params string[] arguments)
    {
        var portal = await UnclaimedAsync(project, arguments);
        portal.Admin = portal.NewBrowser();
        (await portal.Admin.PostAsync(portal.SetupPath, ("name", "ada"), ("password", Password))).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return portal;
    }

    /// <summary>A server at which nobody has an account yet.</summary>
    public static async Task<Portal> UnclaimedAsync(LkProject project, params string[] arguments)
    {
        var portal = new Portal(project, null!, "") { arguments = arguments };
        await portal.StartAsync();
        await portal.Process.WaitForTextAsync("/setup?key=");
        return portal;
    }

    /// <summary>Another server of the same project.</summary>
    public async Task<Portal> BesideAsync()
    {
        var portal = new Portal(project, null!, "");
        await portal.StartAsync();
        portal.Admin = portal.NewBrowser();
        (await portal.Admin.SignInAsync("ada")).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return portal;
    }

    /// <summary>Starts it, the first time or again.</summary>
    public async Task StartAsync()
    {
        Process = await project.StartAsync(["serve", "--listen", "127.0.0.1:0", .. arguments]);
        await Process.WaitForTextAsync("answer at ");
        Address = Regex.Match(Process.Output + Process.Errors, @"answer at (http://\S+)").Groups[1].Value;
    }

    public Browser NewBrowser() => new(() => Address);

    /// <summary>Adds a person, and gives their browser, signed in.</summary>
    public async Task<Browser> PersonAsync(string name, string roles)
    {
        (await Admin.SendFormAsync("/people", "/people", ("name", name), ("roles", roles), ("password", Password))).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var browser = NewBrowser();
        (await browser.SignInAsync(name)).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return browser;
    }

    /// <summary>Makes a token of a person, and gives a client that sends it.</summary>
    public async Task<HttpClient> TokenAsync(Browser browser, string roles) => Program(await TokenTextAsync(browser, roles));

    public static async Task<string> TokenTextAsync(Browser browser, string roles)
    {
        var page = await (await browser.SendFormAsync("/account", "/account/tokens", ("for", "tests"), ("roles", roles), ("days", "1"))).Content.ReadAsStringAsync();
        return Regex.Match(page, "<code>(lk_[0-9a-f]+_[0-9a-f]+)</code>").Groups[1].Value;
    }

    public HttpClient Program(string token)
    {
        var client = new HttpClient { BaseAddress = new Uri(Address), Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync() => await Process.DisposeAsync();
}

/// <summary>A browser as far as these tests need one: cookies, forms, and no redirects that happen unseen.</summary>
internal sealed class Browser
{
    private readonly Func<string> address;
    private readonly HttpClient http;

    public Browser(Func<string> address)
    {
        this.address = address;
        http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
    }

    public CookieContainer Cookies { get; } = new();

    public Task<HttpResponseMessage> SignInAsync(string name, string password = Portal.Password) => PostAsync("/sign-in", ("name", name), ("password", password));

    public Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(new Uri(address() + path));

    public async Task<string> PageAsync(string path)
    {
        var answer = await GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        http.PostAsync(new Uri(address() + path), new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => await http.SendAsync(request);

    /// <summary>Sends a form as the page that holds it would: with the session's key.</summary>
    public async Task<HttpResponseMessage> SendFormAsync(string page, string path, params (string Name, string Value)[] fields) =>
        await PostAsync(path, [.. fields, ("_key", Key(await PageAsync(page)))]);

    public static string Key(string page) => Regex.Match(page, "name=\"_key\" value=\"(\\w+)\"").Groups[1].Value;
}
