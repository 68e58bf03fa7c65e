using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql.Connections;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Connections;

public sealed class SqlTextTests
{
    [Theory]
    [InlineData("orders", "\"orders\"")]
    [InlineData("Order \"x\"", "\"Order \"\"x\"\"\"")]
    [InlineData("select", "\"select\"")]
    public void an_identifier_is_always_quoted(string name, string quoted) => SqlText.Identifier(name).ShouldBe(quoted);

    [Fact]
    public void a_qualified_name_quotes_each_part()
    {
        SqlText.Qualified("my schema", "t").ShouldBe("\"my schema\".\"t\"");
        SqlText.Qualified(null, "t").ShouldBe("\"t\"");
    }

    [Theory]
    [InlineData("", "''")]
    [InlineData("it's", "'it''s'")]
    [InlineData("a\\", "E'a\\\\'")]
    [InlineData("\\'", "E'\\\\'''")]
    public void a_literal_is_closed_by_its_own_quote_only(string text, string quoted) => SqlText.Literal(text).ShouldBe(quoted);

    [Fact]
    public void a_zero_character_is_refused()
    {
        Should.Throw<ArgumentException>(() => SqlText.Literal("a\0"));
        Should.Throw<ArgumentException>(() => SqlText.Identifier("a\0"));
        Should.Throw<ArgumentException>(() => SqlText.Identifier(""));
    }

    [Fact]
    public void nothing_inside_an_identifier_ends_it() => Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll((NonEmptyString name) =>
    {
        var quoted = SqlText.Identifier(name.Get.Replace('\0', 'x'));
        return quoted[1..^1].Replace("\"\"", "", StringComparison.Ordinal).Contains('"', StringComparison.Ordinal) == false;
    }));
}
