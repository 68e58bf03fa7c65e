using System.Text.Json;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sandbox;

public sealed class SandboxVerbTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task up_prints_a_url_that_works_and_down_removes_it()
    {
        var up = await LkAsync("sandbox", "up", "shop");
        up.ExitCode.ShouldBe(0, up.ToString());
        var url = up.Output.Split('\n').Single(line => line.StartsWith("postgres://", StringComparison.Ordinal));
        (await Psql.OutputAsync(url, "SELECT 1")).ShouldBe("1");
        up.Output.ShouldContain("lk sandbox down shop");

        (await LkAsync("sandbox", "list")).Output.ShouldContain("shop");
        (await LkAsync("sandbox", "list")).Output.ShouldNotContain(new Uri(url).UserInfo.Split(':')[1]);

        (await LkAsync("sandbox", "down", "shop")).ExitCode.ShouldBe(0);
        Leftovers.Of(folder["clusters"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task up_of_one_that_is_up_prints_the_same_url()
    {
        var first = await JsonAsync("sandbox", "up", "shop");
        var second = await JsonAsync("sandbox", "up", "shop");
        first.GetProperty("outcome").GetString().ShouldBe("made");
        second.GetProperty("outcome").GetString().ShouldBe("already_up");
        second.GetProperty("url").GetString().ShouldBe(first.GetProperty("url").GetString());
    }

    [Fact]
    public async Task two_ups_of_one_name_at_once_make_one_cluster()
    {
        var ups = await Task.WhenAll(JsonAsync("sandbox", "up", "shop"), JsonAsync("sandbox", "up", "shop"));
        ups[0].GetProperty("url").GetString().ShouldBe(ups[1].GetProperty("url").GetString());
        ups.Select(up => up.GetProperty("outcome").GetString()).Order().ShouldBe(["already_up", "made"]);
    }

    [Fact]
    public async Task several_names_are_made_in_parallel_and_listed_and_removed_together()
    {
        await Task.WhenAll(new[] { "dev", "staging", "prod" }.Select(name => JsonAsync("sandbox", "up", name)));
        var listed = (await JsonAsync("sandbox", "list")).GetProperty("clusters").EnumerateArray().ToList();
        listed.Select(one => one.GetProperty("name").GetString()).ShouldBe(["dev", "prod", "staging"]);
        listed.ShouldAllBe(one => one.GetProperty("running").GetBoolean() && one.GetProperty("size_bytes").GetInt64() > 10_000_000);
        var down = await JsonAsync("sandbox", "down", "--all");
        down.GetProperty("removed").GetArrayLength().ShouldBe(3);
        Leftovers.Of(folder["clusters"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task one_whose_server_was_killed_is_listed_as_stopped_and_up_starts_it_with_its_data()
    {
        var up = await JsonAsync("sandbox", "up", "shop");
        var url = up.GetProperty("url").GetString()!;
        await Psql.OutputAsync(url, "CREATE TABLE t AS SELECT 1 AS x; CHECKPOINT;");
        var server = int.Parse((await File.ReadAllLinesAsync(Path.Combine(up.GetProperty("folder").GetString()!, "data", "postmaster.pid")))[0]);
        await Signals.SendAsync("KILL", server);
        await ProcessState.GoneAsync(server);
        (await JsonAsync("sandbox", "list")).GetProperty("clusters")[0].GetProperty("running").GetBoolean().ShouldBeFalse();
        var again = await JsonAsync("sandbox", "up", "shop");
        again.GetProperty("outcome").GetString().ShouldBe("started");
        again.GetProperty("url").GetString().ShouldBe(url);
        (await Psql.OutputAsync(url, "SELECT x FROM t")).ShouldBe("1");
    }

    [Fact]
    public async Task another_version_or_setting_than_the_one_that_is_here_is_refused()
    {
        await JsonAsync("sandbox", "up", "shop", "--set", "work_mem=8MB");
        (await JsonAsync("sandbox", "up", "shop", "--set", "work_mem=8MB")).GetProperty("outcome").GetString().ShouldBe("already_up");
        foreach (var more in new[] { new[] { "--version", "99" }, ["--set", "work_mem=9MB"] })
        {
            var result = await LkAsync(["sandbox", "up", "shop", .. more]);
            result.ExitCode.ShouldBe(5, result.ToString());
            result.Errors.ShouldContain("LK2304");
            result.Errors.ShouldContain("lk sandbox down shop");
        }
    }

    [Fact]
    public async Task down_of_an_unknown_name_suggests_a_known_one()
    {
        await JsonAsync("sandbox", "up", "shop");
        var result = await LkAsync("sandbox", "down", "shp");
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain("LK2305");
        result.Errors.ShouldContain("Did you mean 'shop'?");
    }

    [Theory]
    [InlineData]
    [InlineData("shop", "--all")]
    public async Task down_needs_a_name_or_all(params string[] more) => (await LkAsync(["sandbox", "down", .. more])).ExitCode.ShouldBe(2);

    [Fact]
    public async Task without_server_programs_and_without_npm_the_hint_says_what_to_install()
    {
        var result = await LkProcess.RunAsync(new LkCall("sandbox", "up", "--version", "99")
        {
            Folder = folder.Path,
            Environment = new Dictionary<string, string?> { ["LK_SANDBOX_FOLDER"] = folder["clusters"], ["PATH"] = folder.Path },
        });
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK2300");
        result.Errors.ShouldContain("apt install postgresql");
    }

    [Fact]
    public async Task a_registry_that_does_not_answer_is_a_numbered_error()
    {
        var result = await LkProcess.RunAsync(new LkCall("sandbox", "up", "--version", "99")
        {
            Folder = folder.Path,
            Environment = new Dictionary<string, string?>
            {
                ["LK_SANDBOX_FOLDER"] = folder["clusters"],
                ["XDG_CACHE_HOME"] = folder["cache"],
                ["npm_config_registry"] = "http://127.0.0.1:1",
                ["npm_config_fetch_retries"] = "0",
                ["npm_config_cache"] = folder["npm"],
            },
        });
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK2309");
    }

    [Fact]
    public async Task run_gives_the_command_a_server_and_passes_on_how_it_ended()
    {
        var good = await LkAsync("sandbox", "run", "psql -XAtc 'SELECT 40 + 2' && psql -XAtc 'SELECT current_user' \"$DATABASE_URL\"");
        good.ExitCode.ShouldBe(0, good.ToString());
        (good.Output + good.Errors).ShouldContain("42");
        var bad = await LkAsync("sandbox", "run", "exit 7");
        bad.ExitCode.ShouldBe(1);
        bad.Output.ShouldContain("exit code 7");
        Leftovers.Of(folder["clusters"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task run_does_not_print_the_password()
    {
        var result = await LkAsync("sandbox", "run", "printf '%s\\n' \"$PGPASSWORD\" > password; echo \"$DATABASE_URL\"");
        var password = (await File.ReadAllTextAsync(folder["password"])).Trim();
        password.Length.ShouldBe(24);
        (result.Output + result.Errors).ShouldContain("postgres:***@127.0.0.1");
        (result.Output + result.Errors).ShouldNotContain(password);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await LkAsync("sandbox", "down", "--all");
        folder.Dispose();
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var result = await LkAsync([.. arguments, "--json"]);
        result.ExitCode.ShouldBe(0, result.ToString());
        return JsonDocument.Parse(result.Output).RootElement.GetProperty("data");
    }

    private Task<LkResult> LkAsync(params string[] arguments) => LkProcess.RunAsync(
        new LkCall(arguments) { Folder = folder.Path, Environment = new Dictionary<string, string?> { ["LK_SANDBOX_FOLDER"] = folder["clusters"] } });
}
