using System.Text.Json;
using Lockkeeper.Cli.CommandLine;
using Lockkeeper.Cli.Verbs;
using Lockkeeper.Host;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

/// <summary>What deploy/ starts is a command line that this program understands.</summary>
public sealed class DeployTests
{
    [Fact]
    public void the_systemd_unit_starts_a_server_that_only_this_machine_reaches()
    {
        var line = File.ReadAllLines(RepositoryRoot.Path("deploy/systemd/lockkeeper.service")).Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal));
        var asked = LineParser.Parse(CliVerbs.With(Registry.Verbs), line.Split(' ')[1..]).ShouldBeOfType<AskedVerb>();
        asked.Verb.Path.ShouldBe("serve");
        asked.Values["listen"].ShouldStartWith("127.0.0.1:");
    }

    [Fact]
    public void the_container_starts_a_server_behind_a_proxy_as_a_user_without_rights()
    {
        var lines = File.ReadAllLines(RepositoryRoot.Path("deploy/container/Dockerfile"));
        var words = JsonSerializer.Deserialize<string[]>(lines.Single(line => line.StartsWith("CMD ", StringComparison.Ordinal))["CMD ".Length..])!;
        var asked = LineParser.Parse(CliVerbs.With(Registry.Verbs), words).ShouldBeOfType<AskedVerb>();
        asked.Values["behind-proxy"].ShouldBe("true");
        Array.FindIndex(lines, line => line == "USER lockkeeper").ShouldBeInRange(0, Array.FindIndex(lines, line => line.StartsWith("ENTRYPOINT", StringComparison.Ordinal)));
    }
}
