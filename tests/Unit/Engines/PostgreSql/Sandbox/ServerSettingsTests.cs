using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sandbox;

public sealed class ServerSettingsTests
{
    [Fact]
    public void a_setting_of_the_caller_stands_after_the_default_so_it_wins()
    {
        var text = ServerSettings.Text(new Dictionary<string, string> { ["fsync"] = "on" });
        text.LastIndexOf("fsync = 'on'", StringComparison.Ordinal).ShouldBeGreaterThan(text.IndexOf("fsync = 'off'", StringComparison.Ordinal));
    }

    [Fact]
    public void a_value_is_quoted() =>
        ServerSettings.Text(new Dictionary<string, string> { ["log_line_prefix"] = @"it's \ here" }).ShouldContain(@"log_line_prefix = 'it''s \\ here'");

    [Theory]
    [InlineData("work mem", "1")]
    [InlineData("", "1")]
    [InlineData("a.b.c", "1")]
    [InlineData("work_mem", "1\nfsync = on")]
    [InlineData("listen_addresses", "*")]
    [InlineData("Unix_Socket_Directories", "/tmp")]
    [InlineData("port", "5432")]
    public void what_would_break_the_file_or_open_the_server_is_refused(string name, string value) =>
        Should.Throw<LockkeeperException>(() => ServerSettings.Check(new Dictionary<string, string> { [name] = value })).Code.ShouldBe(SandboxErrors.NotValid);

    [Fact]
    public void a_setting_of_an_extension_is_allowed() =>
        Should.NotThrow(() => ServerSettings.Check(new Dictionary<string, string> { ["pg_stat_statements.track"] = "all" }));
}
