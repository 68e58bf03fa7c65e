using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Config;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1_500)]
    [InlineData("30s", 30_000)]
    [InlineData("10m", 600_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData(" 1s ", 1_000)]
    [InlineData("0", 0)]
    public void a_number_with_a_unit_is_a_duration(string text, double milliseconds)
    {
        Durations.TryParse(text, out var span).ShouldBeTrue();
        span.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("1h30m")]
    [InlineData("99999999999999d")]
    [InlineData("NaNs")]
    public void anything_else_is_not(string text) => Durations.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void every_whole_number_of_a_unit_comes_back() =>
        Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(
            Arb.From(Gen.Choose(0, 3650)), Arb.From(Gen.Elements(("ms", 1d), ("s", 1e3), ("m", 6e4), ("h", 3.6e6), ("d", 8.64e7))),
            (number, unit) => Durations.TryParse(number.ToString(CultureInfo.InvariantCulture) + unit.Item1, out var span) && span == TimeSpan.FromMilliseconds(number * unit.Item2)));

    [Fact]
    public void any_text_is_answered() =>
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(
            Arb.From(Gen.Elements("1", "9", ".", "-", "e", "ms", "s", "d", " ", "∞", "٣").ListOf().Select(parts => string.Concat(parts))),
            text => !Durations.TryParse(text, out var span) || span >= TimeSpan.Zero));

    [Theory]
    [InlineData(0.5, "<1 ms")]
    [InlineData(12, "12 ms")]
    [InlineData(3_400, "3.4 s")]
    [InlineData(125_000, "2 min 5 s")]
    [InlineData(3_840_000, "1 h 4 min")]
    public void a_span_is_written_with_the_unit_of_its_size(double milliseconds, string words) => Durations.Words(TimeSpan.FromMilliseconds(milliseconds)).ShouldBe(words);
}
