using Lockkeeper.Kernel.Reports;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Reports;

public sealed class TextWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("orders", 6)]
    [InlineData("größe", 5)]
    [InlineData("e\u0301", 1)]
    [InlineData("注文", 4)]
    [InlineData("🚀", 2)]
    [InlineData("─", 1)]
    public void text_takes_the_columns_that_a_terminal_gives_it(string text, int columns) => TextWidth.Of(text).ShouldBe(columns);

    [Theory]
    [InlineData("one two three", 7, new[] { "one two", "three" })]
    [InlineData("one two", 7, new[] { "one two" })]
    [InlineData("abcdefghij", 4, new[] { "abcd", "efgh", "ij" })]
    [InlineData("a abcdefgh b", 4, new[] { "a", "abcd", "efgh", "b" })]
    [InlineData("a\nb c", 1, new[] { "a", "b", "c" })]
    [InlineData("  in one two", 8, new[] { "  in one", "  two" })]
    [InlineData("", 5, new[] { "" })]
    public void text_is_broken_between_words_where_it_can(string text, int columns, string[] lines) => TextWidth.Wrap(text, columns).ShouldBe(lines);

    [Fact]
    public void without_a_width_only_line_ends_break() => TextWidth.Wrap("one two three\nfour", null).ShouldBe(["one two three", "four"]);
}
