using Lockkeeper.Observe.Charts;
using Lockkeeper.Observe.Dashboards;
using Lockkeeper.Observe.Query;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Charts;

public sealed class ChartReadingTests
{
    private static readonly DateTimeOffset now = new(2026, 11, 23, 10, 0, 7, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 20, 0)]
    [InlineData(6, 120, 60)]
    [InlineData(24, 600, 600)]
    [InlineData(24 * 7, 3600, 600)]
    [InlineData(24 * 90, 43_200, 600)]
    public void a_time_has_few_enough_moments_at_multiples_of_their_distance(int hours, long step, long resolution)
    {
        var span = ChartSpan.Of(now, TimeSpan.FromHours(hours));
        span.Step.ShouldBe(step * 1000);
        span.Resolution.ShouldBe(resolution * 1000);
        span.Moments.Count().ShouldBeInRange(2, 181);
        (span.To % span.Step).ShouldBe(0);
        span.RateBack(TimeSpan.FromSeconds(15)).ShouldBeGreaterThanOrEqualTo(Math.Max(span.Resolution * 2, span.Step));
    }

    [Fact]
    public void lines_are_named_by_their_labels_have_gaps_and_those_that_say_nothing_are_left_out()
    {
        var span = ChartSpan.Of(now, TimeSpan.FromHours(1));
        IEnumerable<Point> points = span.Moments.Where(at => at < span.To - 1_200_000).Select((at, i) => new Point(at, i * 100));
        var source = new HeldSeries(
        [
            new Series(LabelSet.Of("pg_stat_database_xact_commit", ("target", "dev/shop"), ("datname", "shop")), [.. points]),
            new Series(LabelSet.Of("pg_stat_database_xact_commit", ("target", "dev/shop"), ("datname", "idle")), [.. points.Select(point => point with { Value = 7 })]),
            new Series(LabelSet.Of("pg_stat_database_xact_commit", ("target", "other"), ("datname", "shop")), [.. points]),
        ]);
        var panel = new Panel("Transactions", "", PanelKind.Lines, PanelUnit.PerSecond, new PanelQuery("rate(pg_stat_database_xact_commit{target=\"$target\",datname=~\"$datname\"}[$__rate_interval])", "commits in {{datname}}"));
        var line = ChartReading.Lines(panel, source, new ChartReading.Place("dev/shop", null, null), span, span.RateBack(TimeSpan.FromSeconds(15))).ShouldHaveSingleItem();
        line.Name.ShouldBe("commits in shop");
        line.Values.Count.ShouldBe(span.Moments.Count());
        line.Values[30]!.Value.ShouldBe(5, 0.01);
        line.Values[^1].ShouldBeNull();
        ChartReading.Lines(panel, source, new ChartReading.Place("a\"}[5m] or vector(1) #", null, null), span, 60_000).ShouldBeEmpty();
    }
}
