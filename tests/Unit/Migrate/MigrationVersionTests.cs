using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate;

public sealed class MigrationVersionTests
{
    [Theory]
    [InlineData("1", "2")]
    [InlineData("2", "10")]
    [InlineData("0009", "10")]
    [InlineData("1.9", "1.10")]
    [InlineData("1", "1.1")]
    [InlineData("20240101120000", "20240101120001")]
    [InlineData("99999999999999999999", "100000000000000000000")]
    public void the_first_comes_before_the_second(string first, string second)
    {
        Of(first).CompareTo(Of(second)).ShouldBeLessThan(0);
        Of(second).CompareTo(Of(first)).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("1", "0001")]
    [InlineData("1.0", "1")]
    [InlineData("1_2", "1.2")]
    [InlineData("0", "000")]
    public void both_are_the_same_version(string first, string second)
    {
        Of(first).ShouldBe(Of(second));
        Of(first).GetHashCode().ShouldBe(Of(second).GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("1.")]
    [InlineData("1..2")]
    [InlineData("-1")]
    [InlineData("１")]
    public void this_is_no_version(string text) => MigrationVersion.TryParse(text, out _).ShouldBeFalse();

    private static MigrationVersion Of(string text) => MigrationVersion.TryParse(text, out var version) ? version : throw new ArgumentException(text);
}
