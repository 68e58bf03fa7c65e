using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.History;

/// <summary>The last values of the series that rules look at, in memory: each as far back as a rule looks, and no other.</summary>
/// <remarks>Used by the one loop that scrapes and evaluates; not safe for several threads.</remarks>
internal sealed class RecentSeries : ISeriesSource
{
    private readonly Dictionary<string, long> wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<LabelSet, List<Point>>> byMetric = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<LabelSet>> alive = new(StringComparer.Ordinal);

    /// <param name="rules">The expressions that will be evaluated.</param>
    public RecentSeries(IEnumerable<PromQlExpression> rules)
    {
        foreach (var (selector, back) in rules.SelectMany(rule => rule.Selectors()))
        {
            if (selector.Metric is { } metric)
                wanted[metric] = Math.Max(back, wanted.GetValueOrDefault(metric));
        }
    }

    /// <summary>The metrics that are kept.</summary>
    public IReadOnlyCollection<string> Metrics => wanted.Keys;

    /// <summary>How far back the longest rule looks, in milliseconds.</summary>
    public long Longest => wanted.Count == 0 ? 0 : wanted.Values.Max();

    /// <summary>Takes what a scrape has read; a series that the target's scrape before had and this one has not ends here.</summary>
    /// <param name="owner">The target.</param>
    /// <param name="time">Milliseconds since 1970.</param>
    /// <param name="samples">All of it; other metrics than <see cref="Metrics"/> are left out.</param>
    public void Append(string owner, long time, IEnumerable<VectorSample> samples)
    {
        var now = new HashSet<LabelSet>();
        foreach (var sample in samples)
        {
            if (wanted.ContainsKey(sample.Labels.Metric) && now.Add(sample.Labels))
                Add(sample.Labels, new Point(time, sample.Value));
        }

        foreach (var gone in alive.GetValueOrDefault(owner, []).Where(labels => !now.Contains(labels)))
            Add(gone, new Point(time, Point.Stale));
        alive[owner] = now;
    }

    /// <summary>Takes series that were kept elsewhere; to be called before anything else.</summary>
    /// <param name="series">The series.</param>
    public void Add(IEnumerable<Series> series)
    {
        foreach (var one in series)
        {
            foreach (var point in one.Points)
                Add(one.Labels, point);
            if (one.Points is not [.., { IsStale: false }])
                continue;
            // The first scrape that has it no more ends it.
            if (!alive.TryGetValue(one.Labels["target"], out var there))
                alive[one.Labels["target"]] = there = [];
            there.Add(one.Labels);
        }
    }

    /// <summary>Forgets what is further back than any rule looks.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    public void Trim(long now)
    {
        foreach (var (metric, series) in byMetric)
        {
            foreach (var (labels, points) in series)
            {
                var old = points.FindIndex(point => point.Time > now - wanted[metric]);
                points.RemoveRange(0, old < 0 ? points.Count : old);
                if (points.Count == 0)
                    series.Remove(labels);
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Series> Select(SeriesSelector selector, long from, long to)
    {
        var candidates = selector.Metric is { } metric ? byMetric.GetValueOrDefault(metric, []) : byMetric.Values.SelectMany(series => series);
        foreach (var (labels, points) in candidates)
        {
            if (!selector.Holds(labels))
                continue;
            var some = points.Where(point => point.Time > from && point.Time <= to).ToList();
            if (some.Count > 0)
                yield return new Series(labels, some);
        }
    }

    private void Add(LabelSet labels, Point point)
    {
        if (!byMetric.TryGetValue(labels.Metric, out var series))
            byMetric[labels.Metric] = series = [];
        if (!series.TryGetValue(labels, out var points))
            series[labels] = points = [];
        // A clock that was set back: what it calls the future is not true any more.
        while (points.Count > 0 && points[^1].Time >= point.Time)
            points.RemoveAt(points.Count - 1);
        points.Add(point);
    }
}
