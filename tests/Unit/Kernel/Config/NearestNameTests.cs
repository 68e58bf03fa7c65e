using Lockkeeper.Kernel.Config;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

public sealed class NearestNameTests
{
    private static readonly string[] Verbs = ["apply", "plan", "promote", "rollback", "status", "verify"];

    [Theory]
    [InlineData("aply", "apply")]
    [InlineData("appyl", "apply")]
    [InlineData("Status", "status")]
    [InlineData("statsu", "status")]
    [InlineData("rolback", "rollback")]
    [InlineData("plna", "plan")]
    public void a_slip_finds_the_name_that_was_meant(string given, string meant) => NearestName.Of(given, Verbs).ShouldBe(meant);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("deploy-everything")]
    public void a_word_that_is_near_nothing_finds_nothing(string given) => NearestName.Of(given, Verbs).ShouldBeNull();
}
