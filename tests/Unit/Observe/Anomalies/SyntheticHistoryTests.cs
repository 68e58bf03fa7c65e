using Lockkeeper.Observe.Anomalies;
using Lockkeeper.Observe.PostgreSql.Anomalies;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Anomalies;

/// <summary>How often the search is right, over four weeks of history and a fifth that is searched every half hour or hour.</summary>
public sealed class SyntheticHistoryTests(ITestOutputHelper output)
{
    private const int Week = RateBuckets.PerWeek;
    private const int Fifth = 4 * Week;

    [Fact]
    public void harmless_weeks_have_a_very_few_false_anomalies()
    {
        var (episodes, runs) = (0, 0);
        for (var seed = 1; seed <= 2; seed++)
            episodes += Episodes(new SyntheticHistory(seed), Fifth, SyntheticHistory.Spans, ref runs, step: 6).Count;
        output.WriteLine($"{episodes} false anomalies in {runs} runs over 2 weeks of {SyntheticHistory.Count} rates");
        episodes.ShouldBeLessThanOrEqualTo(2);
    }

    /// <summary>What is three to eight times as much, or a fifth, is found; of what is only twice as much, and so near to what is chance, a good part.</summary>
    [Theory]
    [InlineData(3, 8, 0.2, 0.95)]
    [InlineData(2, 2.5, 0.4, 0.6)]
    public void seeded_anomalies_are_found_and_little_else(double least, double most, double fall, double leastRecall)
    {
        var events = Seeded(least, most, fall).ToList();
        var runs = 0;
        var found = Episodes(new SyntheticHistory(7, events), Fifth, SyntheticHistory.Spans, ref runs);
        var right = events.Where(one => found.Any(episode => episode.Subject == Subject(one.Series) && episode.From >= one.From && episode.From <= one.From + one.Spans + 1)).ToList();
        var wrong = found.Where(episode => !events.Any(one => episode.Subject == Subject(one.Series) && episode.From >= one.From && episode.From <= one.From + one.Spans + 1)).ToList();
        var (recall, precision) = ((double)right.Count / events.Count, (double)(found.Count - wrong.Count) / found.Count);
        output.WriteLine($"{events.Count} seeded, {right.Count} found (recall {recall:0.00}), {wrong.Count} of {found.Count} false (precision {precision:0.00}); missed: {string.Join(", ", events.Except(right))}");
        recall.ShouldBeGreaterThanOrEqualTo(leastRecall);
        precision.ShouldBeGreaterThanOrEqualTo(0.95);
    }

    [Fact]
    public void the_first_weeks_are_compared_with_the_day_before_and_are_quiet()
    {
        var runs = 0;
        var events = new[] { new Event(3, (2 * Week) - 400, 30, 20) };
        var found = Episodes(new SyntheticHistory(11, events), RateBuckets.PerDay, 2 * Week, ref runs, step: 6);
        output.WriteLine($"{found.Count} anomalies in {runs} runs over the first two weeks, one seeded: {string.Join(", ", found)}");
        found.ShouldContain(one => one.Subject == Subject(3) && one.From >= events[0].From);
        found.Count.ShouldBeLessThanOrEqualTo(4);
    }

    /// <summary>Too much, or of five databases too little, for one to four hours, one each four hours of the week.</summary>
    private static IEnumerable<Event> Seeded(double least, double most, double fall)
    {
        var random = new Random(5);
        for (var i = 0; i < 40; i++)
            yield return new Event(i, Fifth + (i * 24) + random.Next(6), 6 + random.Next(18), i < 5 ? fall : least + (random.NextDouble() * (most - least)));
    }

    private static string Subject(int series) => SyntheticHistory.Labels(series).WithoutMetric().ToString();

    /// <summary>What is told for one subject without a break is one.</summary>
    private static List<(string Subject, int From)> Episodes(SyntheticHistory history, int from, int to, ref int runs, int step = 3)
    {
        var episodes = new List<(string Subject, int From)>();
        var before = new HashSet<string>();
        for (var span = from; span < to; span += step, runs++)
        {
            var verdict = AnomalySearch.Run(history, WatchedRates.All, SyntheticHistory.At(span));
            var now = verdict.Found.Select(one => one.Labels.ToString()).ToHashSet();
            episodes.AddRange(now.Except(before).Select(subject => (subject, span)));
            before = now;
        }

        return episodes;
    }
}
