using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Kernel.Doctor;

public sealed class DoctorTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task outside_of_a_project_the_machine_is_looked_at()
    {
        var (result, checks) = await LookAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        checks["PostgreSQL server"].GetProperty("found").GetString()!.ShouldContain("/bin");
        checks["targets"].GetProperty("state").GetString().ShouldBe("good");
    }

    [Fact]
    public async Task a_target_that_answers_is_named_with_its_version()
    {
        Configure("${env:DEV_URL}", "${env:LK_TEST_NOT_SET}");
        var (result, checks) = await LookAsync((await TestCluster.SharedAsync()).Url());
        result.ExitCode.ShouldBe(0, result.ToString());
        var found = checks["targets"].GetProperty("found").GetString()!;
        found.ShouldContain("dev/shop: PostgreSQL 1");
        found.ShouldContain("prod/shop: not for this machine");
    }

    [Fact]
    public async Task a_target_that_is_down_is_exit_code_1_with_what_to_do()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        Configure("${env:DEV_URL}", "${env:DEV_URL}");
        var (result, checks) = await LookAsync($"postgres://u:p-a-s-s@127.0.0.1:{port}/shop");
        result.ExitCode.ShouldBe(1, result.ToString());
        checks["targets"].GetProperty("state").GetString().ShouldBe("missing");
        checks["targets"].GetProperty("found").GetString()!.ShouldContain($"127.0.0.1:{port}/shop does not answer");
        result.Output.ShouldNotContain("p-a-s-s");
    }

    [Fact]
    public async Task a_server_that_accepts_and_says_nothing_is_given_up_and_named()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        Configure("${env:DEV_URL}", "${env:LK_TEST_NOT_SET}");
        var (result, checks) = await LookAsync($"postgres://u:p@127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}/shop");
        result.ExitCode.ShouldBe(1, result.ToString());
        checks["targets"].GetProperty("found").GetString()!.ShouldContain("dev/shop: no answer");
    }

    [Fact]
    public async Task a_configuration_that_is_not_valid_is_broken_and_says_where()
    {
        Configure("${env:DEV_URL}", "${env:DEV_URL}");
        await File.AppendAllTextAsync(folder["lockkeeper.yaml"], "\nnonsense: 1\n");
        var (result, checks) = await LookAsync();
        result.ExitCode.ShouldBe(1, result.ToString());
        checks["configuration"].GetProperty("state").GetString().ShouldBe("broken");
        checks["configuration"].GetProperty("found").GetString()!.ShouldContain("lockkeeper.yaml:9:1");
    }

    public void Dispose() => folder.Dispose();

    private void Configure(string dev, string prod) => folder.Write(
        "lockkeeper.yaml",
        $$"""
        project: shop
        databases:
          shop: { engine: postgres, migrations: migrations }
        environments:
          - name: dev
            targets: { shop: "{{dev}}" }
          - name: prod
            targets: { shop: "{{prod}}" }
        """);

    private async Task<(LkResult Result, Dictionary<string, JsonElement> Checks)> LookAsync(string? devUrl = null)
    {
        Directory.CreateDirectory(folder["migrations"]);
        var result = await LkProcess.RunAsync(new LkCall("doctor", "--json") { Folder = folder.Path, Environment = new Dictionary<string, string?> { ["DEV_URL"] = devUrl } });
        var data = JsonDocument.Parse(result.Output).RootElement.GetProperty("data");
        return (result, data.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!));
    }
}
