using System.Text.RegularExpressions;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Anomalies;

/// <summary>The rates of the times that are compared, of the series that may be unusual at all.</summary>
internal sealed class PastRates
{
    private readonly Dictionary<string, Dictionary<LabelSet, Dictionary<long, double>>> byMetric = new(StringComparer.Ordinal);
    private readonly long last;

    private PastRates(long last) => this.last = last;

    /// <summary>Reads them. Each time is read once for all metrics: the history keeps those of a target together.</summary>
    /// <param name="source">The history.</param>
    /// <param name="rates">What is compared.</param>
    /// <param name="target">One target only; null for all.</param>
    /// <param name="last">The last span.</param>
    public static PastRates Read(ISeriesSource source, IReadOnlyList<WatchedRate> rates, string? target, long last)
    {
        var selector = Selector(rates, target);
        var past = new PastRates(last);
        foreach (var (i, (from, to)) in Times(last).Index())
        {
            past.Take(source, selector, from, to, isFirst: i == 0);
            if (i == 0)
                past.Drop(rates);
            if (past.byMetric.Count == 0)
                break;
        }

        return past;
    }

    /// <summary>Which series are read.</summary>
    /// <param name="rates">What is compared.</param>
    /// <param name="target">One target only; null for all.</param>
    public static SeriesSelector Selector(IReadOnlyList<WatchedRate> rates, string? target)
    {
        var metrics = rates.SelectMany(rate => rate.Per is null ? [rate.Metric] : new[] { rate.Metric, rate.Per }).Distinct(StringComparer.Ordinal);
        return new SeriesSelector(null,
        [
            new LabelMatcher(LabelSet.MetricName, MatchKind.Matches, string.Join('|', metrics.Select(Regex.Escape))),
            .. target is null ? [] : new[] { new LabelMatcher("target", MatchKind.Equal, target) },
        ]);
    }

    /// <summary>The times that are read, in milliseconds since 1970: the last day, and of four weeks only the hours that are compared. All of them would be ten times as much.</summary>
    /// <param name="last">The last span.</param>
    public static IEnumerable<(long From, long To)> Times(long last)
    {
        yield return Milliseconds(last - RateBuckets.PerDay - UsualRates.Settled - AnomalySearch.Back - 2, last);
        for (var week = 1; week <= UsualRates.Weeks; week++)
        {
            var same = last - (week * RateBuckets.PerWeek);
            yield return Milliseconds(same - AnomalySearch.Back - UsualRates.Around - 2, same + UsualRates.Around);
        }

        static (long, long) Milliseconds(long from, long to) => (from * RateBuckets.Span, ((to + 1) * RateBuckets.Span) - 1);
    }

    /// <summary>The series of a rate with their values by span.</summary>
    public IEnumerable<(LabelSet Labels, IReadOnlyDictionary<long, double> Values)> Of(WatchedRate rate)
    {
        foreach (var (labels, values) in byMetric.GetValueOrDefault(rate.Metric) ?? [])
        {
            if (rate.Per is null)
                yield return (labels, values);
            else if (byMetric.GetValueOrDefault(rate.Per)?.GetValueOrDefault(labels) is { } per)
                yield return (labels, values.Where(one => IsEnough(rate, per, one.Key)).ToDictionary(one => one.Key, one => one.Value / per[one.Key]));
        }
    }

    private static bool IsEnough(WatchedRate rate, Dictionary<long, double> per, long span) => per.TryGetValue(span, out var times) && times * (RateBuckets.Span / 1000.0) >= rate.LeastOfPer;

    private void Take(ISeriesSource source, SeriesSelector selector, long from, long to, bool isFirst)
    {
        foreach (var series in source.Select(selector, from, to))
        {
            var labels = series.Labels.WithoutMetric();
            if (!byMetric.TryGetValue(series.Labels.Metric, out var all))
            {
                if (!isFirst)
                    continue;
                all = byMetric[series.Labels.Metric] = [];
            }

            if (!all.TryGetValue(labels, out var rates))
            {
                if (!isFirst)
                    continue;
                rates = all[labels] = [];
            }

            foreach (var (span, rate) in RateBuckets.Of(series.Points))
                rates[span] = rate;
        }
    }

    /// <summary>What does less than the floor now cannot be too much; of thousands of tables and statements that leaves a few.</summary>
    private void Drop(IReadOnlyList<WatchedRate> rates)
    {
        var dropped = new List<(string Metric, LabelSet Labels)>();
        foreach (var (metric, all) in byMetric)
        {
            var concerned = rates.Where(rate => rate.Metric == metric || rate.Per == metric).ToList();
            dropped.AddRange(all.Where(one => !one.Value.TryGetValue(last, out var now) || !concerned.Exists(rate => rate.FallsToo || rate.Per is not null ? IsWorthIt(rate, one.Key) : now >= rate.Floor)).Select(one => (metric, one.Key)));
        }

        foreach (var (metric, labels) in dropped)
            byMetric[metric].Remove(labels);
    }

    private bool IsWorthIt(WatchedRate rate, LabelSet labels)
    {
        if (rate.Per is null)
            return true;
        var (counted, per) = (byMetric.GetValueOrDefault(rate.Metric)?.GetValueOrDefault(labels), byMetric.GetValueOrDefault(rate.Per)?.GetValueOrDefault(labels));
        return counted is not null && per is not null && IsEnough(rate, per, last) && counted.TryGetValue(last, out var now) && now / per[last] >= rate.Floor;
    }
}
