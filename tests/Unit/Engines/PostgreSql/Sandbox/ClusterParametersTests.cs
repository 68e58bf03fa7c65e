using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Engines.PostgreSql.Sandbox.Verbs;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sandbox;

public sealed class ClusterParametersTests
{
    [Fact]
    public void settings_are_separated_by_commas_and_a_value_may_hold_one()
    {
        var settings = ClusterParameters.ParseSettings("wal_level=logical, shared_preload_libraries=a,b,work_mem=4MB");
        settings["wal_level"].ShouldBe("logical");
        settings["shared_preload_libraries"].ShouldBe("a,b");
        settings["work_mem"].ShouldBe("4MB");
    }

    [Fact]
    public void no_settings_are_no_error() => ClusterParameters.ParseSettings(null).ShouldBeEmpty();

    [Theory]
    [InlineData("work_mem")]
    [InlineData("=4MB")]
    [InlineData("")]
    public void what_is_no_setting_is_refused(string text) =>
        Should.Throw<LockkeeperException>(() => ClusterParameters.ParseSettings(text)).Code.ShouldBe(SandboxErrors.NotValid);
}
