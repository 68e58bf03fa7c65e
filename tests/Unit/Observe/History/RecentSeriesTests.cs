using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;
using Lockkeeper.Tests.Unit.Observe.Query;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.History;

public sealed class RecentSeriesTests
{
    private static readonly PromQlExpression Rule = PromQlExpression.Parse("max_over_time(load[10m])");
    private readonly RecentSeries recent = new([Rule, PromQlExpression.Parse("load")]);

    [Fact]
    public void a_series_that_a_scrape_has_no_more_ends_at_once()
    {
        Append(0, 1);
        Append(15_000, null);
        Now(15_000).ShouldBeEmpty();
    }

    [Fact]
    public void a_series_from_before_a_restart_ends_at_the_first_scrape_that_has_it_no_more()
    {
        recent.Add([SeriesList.Of("load", [("target", "a")], 1, 2)]);
        Now(15_000).ShouldBe([2]);
        Append(30_000, null);
        Now(30_000).ShouldBeEmpty();
        // What it was is known still.
        new PromQlEvaluator(recent, SeriesList.Start + 30_000).Evaluate(Rule).Single().Value.ShouldBe(2);
    }

    [Fact]
    public void of_the_others_only_what_a_rule_looks_at_is_kept()
    {
        recent.Append("a", SeriesList.Start, ScrapedRows.Of([new VectorSample(LabelSet.Of("other", ("target", "a")), 1), new VectorSample(LabelSet.Of("load", ("target", "a")), 3)]));
        recent.Select(new SeriesSelector("other", []), 0, long.MaxValue).ShouldBeEmpty();
        Now(0).ShouldBe([3]);
        recent.Trim(SeriesList.Start + 700_000);
        recent.Select(new SeriesSelector("load", []), 0, long.MaxValue).ShouldBeEmpty();
    }

    [Fact]
    public void after_a_clock_was_set_back_the_future_is_forgotten()
    {
        Append(60_000, 9);
        Append(0, 1);
        Now(0).ShouldBe([1]);
        Now(60_000).ShouldBe([1]);
    }

    private void Append(int after, double? value) =>
        recent.Append("a", SeriesList.Start + after, ScrapedRows.Of(value is { } one ? [new VectorSample(LabelSet.Of("load", ("target", "a")), one)] : []));

    private IEnumerable<double> Now(int after) => new PromQlEvaluator(recent, SeriesList.Start + after).Evaluate(PromQlExpression.Parse("load")).Select(sample => sample.Value);
}
