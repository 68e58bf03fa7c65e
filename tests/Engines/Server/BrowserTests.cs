using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>The portal in a real browser; the pictures are kept in artifacts/test/portal.</summary>
public sealed class BrowserTests
{
    private const string HoldsALock = "release the lock";

    [Fact]
    public async Task a_release_goes_its_road_and_every_page_is_for_everybody()
    {
        await using var project = (await LkProject.CreateAsync("dev", "prod")).Configure("prod", "approvals: { required: 1 }")
            .Migration("0001_orders", "CREATE TABLE orders (id bigint PRIMARY KEY);").Migration("0002_paid", "ALTER TABLE orders ADD COLUMN paid boolean;")
            .Migration("0003_note", "ALTER TABLE busy ADD COLUMN note text;");
        project.DatabaseSettings = "lock_timeout: 30s";
        foreach (var environment in new[] { "dev", "prod" })
            await project[environment].ExecuteAsync("CREATE TABLE busy (id int)");
        project.TopSettings = "observe: { interval: 1s }";
        await using var watch = await project.StartAsync("observe", "serve", "--listen", "127.0.0.1:0");
        await using var serve = await project.StartAsync("serve", "--listen", "127.0.0.1:0");
        await serve.WaitForTextAsync("/setup?key=");
        var setup = Regex.Match(serve.Errors, @"http://\S+/setup\?key=\w+").Value;
        var pictures = RepositoryRoot.Path("artifacts/test/portal");
        Directory.CreateDirectory(pictures);

        var info = new ProcessStartInfo("node", [RepositoryRoot.Path("tests/Engines/Server/browser.cjs"), setup[..setup.IndexOf("/setup", StringComparison.Ordinal)], setup, pictures])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        info.Environment["NODE_PATH"] = RepositoryRoot.Path("artifacts/tools/browser/node_modules");
        // Somebody reads a table that the release changes in dev, until the browser has seen that they are in the way.
        await using var holder = await project["dev"].BeginAsync("SELECT count(*) FROM busy");
        using var node = Process.Start(info)!;
        var errors = node.StandardError.ReadToEndAsync();
        var output = "";
        while (await node.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == HoldsALock)
                await holder.DisposeAsync();
            else
                output += line;
        }

        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(0, $"{output}\n{await errors}\nHINT: eng/setup test installs Chromium and what drives it.\n{serve.Errors}");

        var seen = JsonNode.Parse(output)!;
        Texts(seen, "steps").ShouldBe(["Fleet", "in the way true, this run true, plain true", "dev done", "still pending 0", "prod refused", "approval done", "prod done", "charts true, hovered true, marked true", "said <img src=x onerror=alert(1)> is this proven?", "declared postgres://shop_team@127.0.0.1:5433/shop_new", "found 1", "plain charts true", "without script 1", "out"], output);
        Texts(seen, "problems").ShouldBe([], "what the browser complained of, such as something that the policy of the page forbids");
        Texts(seen, "elsewhere").ShouldBe([], "requests to other places");
        Texts(seen, "barriers").ShouldBe([], "what axe found");
        Texts(seen, "overflow").ShouldBe([], "pages that are wider than the window");
        Texts(seen, "unreachable").ShouldBe([], "what the keyboard does not reach");
    }

    private static string[] Texts(JsonNode seen, string name) => [.. seen[name]!.AsArray().Select(text => (string)text!)];
}
