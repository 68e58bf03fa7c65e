using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Gates;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Gates;

public sealed class WindowCheckTests
{
    // 2026-03-29 and 2026-10-25 are the Sundays on which clocks change in Berlin. 2026-11-23 is a Monday.
    [Theory]
    // Office hours, Monday to Thursday.
    [InlineData("mon-thu", "09:00", "16:00", "2026-11-23T07:59:59Z", "opens 2026-11-23 09:00 +01:00")]
    [InlineData("mon-thu", "09:00", "16:00", "2026-11-23T08:00:00Z", "closes 2026-11-23 16:00 +01:00")]
    [InlineData("mon-thu", "09:00", "16:00", "2026-11-23T14:59:59Z", "closes 2026-11-23 16:00 +01:00")]
    [InlineData("mon-thu", "09:00", "16:00", "2026-11-23T15:00:00Z", "opens 2026-11-24 09:00 +01:00")]
    [InlineData("mon-thu", "09:00", "16:00", "2026-11-26T15:00:00Z", "opens 2026-11-30 09:00 +01:00")]
    [InlineData("mon-thu", "09:00", "16:00", "2026-11-27T10:00:00Z", "opens 2026-11-30 09:00 +01:00")]
    // The zone decides the day: it is Monday in Berlin while it is Sunday in UTC.
    [InlineData("mon", "00:00", "24:00", "2026-11-22T23:30:00Z", "closes 2026-11-24 00:00 +01:00")]
    // Once a week, just missed.
    [InlineData("mon", "09:00", "10:00", "2026-11-23T09:00:00Z", "opens 2026-11-30 09:00 +01:00")]
    // Past midnight belongs to the day on which it opens.
    [InlineData("fri", "22:00", "04:00", "2026-11-27T20:00:00Z", "opens 2026-11-27 22:00 +01:00")]
    [InlineData("fri", "22:00", "04:00", "2026-11-27T21:00:00Z", "closes 2026-11-28 04:00 +01:00")]
    [InlineData("fri", "22:00", "04:00", "2026-11-28T02:59:00Z", "closes 2026-11-28 04:00 +01:00")]
    [InlineData("fri", "22:00", "04:00", "2026-11-28T03:00:00Z", "opens 2026-12-04 22:00 +01:00")]
    [InlineData("fri", "22:00", "04:00", "2026-11-27T01:00:00Z", "opens 2026-11-27 22:00 +01:00")]
    // Days that follow each other are one opening.
    [InlineData("sat-sun", "00:00", "24:00", "2026-11-28T12:00:00Z", "closes 2026-11-30 00:00 +01:00")]
    [InlineData("fri-mon", "00:00", "24:00", "2026-11-28T12:00:00Z", "closes 2026-12-01 00:00 +01:00")]
    [InlineData("", "00:00", "24:00", "2026-11-28T12:00:00Z", "stays open")]
    [InlineData("", "22:00", "24:00", "2026-11-28T12:00:00Z", "opens 2026-11-28 22:00 +01:00")]
    // Clocks go forward: 02:00 to 03:00 does not exist.
    [InlineData("", "09:00", "16:00", "2026-03-28T15:00:00Z", "opens 2026-03-29 09:00 +02:00")]
    [InlineData("", "02:30", "05:00", "2026-03-29T00:59:59Z", "opens 2026-03-29 03:00 +02:00")]
    [InlineData("", "01:00", "02:30", "2026-03-29T00:30:00Z", "closes 2026-03-29 03:00 +02:00")]
    [InlineData("", "02:00", "03:00", "2026-03-28T12:00:00Z", "opens 2026-03-30 02:00 +02:00")]
    [InlineData("sat", "22:00", "04:00", "2026-03-28T23:00:00Z", "closes 2026-03-29 04:00 +02:00")]
    // Clocks go back: 02:00 to 03:00 comes twice, and the first one counts.
    [InlineData("", "09:00", "16:00", "2026-10-24T15:00:00Z", "opens 2026-10-25 09:00 +01:00")]
    [InlineData("", "02:30", "05:00", "2026-10-25T00:00:00Z", "opens 2026-10-25 02:30 +02:00")]
    [InlineData("", "01:00", "02:30", "2026-10-25T00:00:00Z", "closes 2026-10-25 02:30 +02:00")]
    [InlineData("", "01:00", "02:30", "2026-10-25T01:00:00Z", "opens 2026-10-26 01:00 +01:00")]
    [InlineData("sat", "22:00", "04:00", "2026-10-25T02:30:00Z", "closes 2026-10-25 04:00 +01:00")]
    public void a_window_in_berlin(string days, string from, string to, string now, string expected)
    {
        var text = $"days: \"{days}\", ";
        var yaml = $$"""
            project: shop
            databases: { shop: { engine: postgres, migrations: m } }
            environments: [ { name: prod, targets: { shop: "${env:X}" }, window: { {{(days.Length > 0 ? text : "")}}from: "{{from}}", to: "{{to}}", zone: Europe/Berlin } } ]
            """;
        var window = ConfigReader.Parse(yaml, new Problems("lockkeeper.yaml")).Environments[0].Window!;
        Words(WindowCheck.At(window, DateTimeOffset.Parse(now, CultureInfo.InvariantCulture))).ShouldBe(expected);
    }

    [Fact]
    public void the_default_window_is_always_open_in_utc() =>
        WindowCheck.At(new WindowConfig(), new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)).ShouldBe(new WindowState(IsOpen: true, null, null));

    [Fact]
    public void the_next_change_is_a_change_at_that_very_moment()
    {
        var windows =
            from zone in Gen.Elements("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns")
            from days in Gen.SubListOf(Enum.GetValues<DayOfWeek>())
            from @from in Gen.Choose(0, (24 * 60) - 1)
            from length in Gen.Choose(90, (24 * 60) - 1)
            let start = TimeOnly.MinValue.AddMinutes(@from)
            select new WindowConfig { Zone = zone, Days = [.. days], From = start, To = start.AddMinutes(length) };
        var moments = Gen.Choose(0, 2 * 366 * 24 * 60).Select(minutes => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes));
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Arb.From(windows), Arb.From(moments), (window, now) =>
        {
            var state = WindowCheck.At(window, now);
            return (state.OpensAt ?? state.ClosesAt) is not { } change
                || (change > now && WindowCheck.At(window, change).IsOpen != state.IsOpen && WindowCheck.At(window, change.AddTicks(-1)).IsOpen == state.IsOpen);
        }));
    }

    private static string Words(WindowState state)
    {
        state.IsOpen.ShouldBe(state.OpensAt is null);
        var change = state.OpensAt ?? state.ClosesAt;
        return change is null ? "stays open" : string.Create(CultureInfo.InvariantCulture, $"{(state.IsOpen ? "closes" : "opens")} {change:yyyy-MM-dd HH:mm zzz}");
    }
}
