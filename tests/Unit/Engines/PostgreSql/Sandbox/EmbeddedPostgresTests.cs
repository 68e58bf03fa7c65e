using Lockkeeper.Engines.PostgreSql.Sandbox;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sandbox;

public sealed class EmbeddedPostgresTests
{
    private static readonly string[] Published =
        ["9.6.24-beta.3", "17.2.0-beta.14", "17.10.0-beta.16", "17.10.0-beta.17", "17.9.0-beta.20", "18.0.0-alpha.2", "18.0.0", "18.0.0-beta.15", "latest"];

    [Theory]
    [InlineData(17, "17.10.0-beta.17")]
    [InlineData(18, "18.0.0")]
    [InlineData(null, "18.0.0")]
    public void the_newest_is_chosen_by_number_and_a_release_before_its_betas(int? major, string expected) =>
        EmbeddedPostgres.Newest(Published, major).ShouldBe(expected);

    [Fact]
    public void a_version_that_was_never_published_is_not_found() => EmbeddedPostgres.Newest(Published, 12).ShouldBeNull();
}
