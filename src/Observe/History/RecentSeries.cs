using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.History;

/// <summary>The last values of the series that rules look at, in memory: each as far back as a rule looks, and no other.</summary>
/// <remarks>Used by the one loop that scrapes and evaluates; not safe for several threads.</remarks>
internal sealed class RecentSeries : ISeriesSource
{
    private readonly Dictionary<string, WantedMetric> wanted = new(StringComparer.Ordinal);

    /// <param name="rules">The expressions that will be evaluated.</param>
    public RecentSeries(IEnumerable<PromQlExpression> rules)
    {
        foreach (var selector in rules.SelectMany(rule => rule.SelectorsOf()))
        {
            if (selector.Selector.Metric is not { } metric)
                continue;
            if (!wanted.TryGetValue(metric, out var one))
                wanted[metric] = one = new WantedMetric();
            one.Back = Math.Max(one.Back, selector.Back);
            one.IsNowOnly &= selector.Range is null && selector.Offset == 0;
        }
    }

    /// <summary>The metrics that are kept.</summary>
    public IReadOnlyCollection<string> Metrics => wanted.Keys;

    /// <summary>How far back the longest rule looks, in milliseconds.</summary>
    public long Longest => wanted.Count == 0 ? 0 : wanted.Values.Max(one => one.Back);

    /// <summary>Takes what a scrape has read; a series that the target's scrape before had and this one has not ends here.</summary>
    /// <param name="owner">The target.</param>
    /// <param name="time">Milliseconds since 1970.</param>
    /// <param name="samples">All of it; other metrics than <see cref="Metrics"/> are left out.</param>
    public void Append(string owner, long time, ScrapedRows samples)
    {
        foreach (var (name, metric) in wanted)
        {
            foreach (var (row, value) in samples[name])
                metric.Of(owner, name, row).Add(new Point(time, value), metric.IsNowOnly);
            foreach (var gone in metric.Rows(owner).Values.Where(series => series.Last.Time != time && !series.Last.IsStale))
                gone.Add(new Point(time, Point.Stale), metric.IsNowOnly);
        }
    }

    /// <summary>Takes series that were kept elsewhere; to be called before anything else.</summary>
    /// <param name="series">The series.</param>
    public void Add(IEnumerable<Series> series)
    {
        foreach (var one in series)
        {
            // The first scrape of the target that has it no more ends it.
            if (wanted.TryGetValue(one.Labels.Metric, out var metric))
                one.Points.ToList().ForEach(point => metric.Of(one.Labels["target"], one.Labels.Metric, one.Labels.WithoutMetric()).Add(point, metric.IsNowOnly));
        }
    }

    /// <summary>Forgets what is further back than any rule looks.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    public void Trim(long now)
    {
        foreach (var metric in wanted.Values)
        {
            foreach (var rows in metric.All)
            {
                foreach (var (labels, series) in rows)
                {
                    if (series.Trim(now - metric.Back))
                        rows.Remove(labels);
                }
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Series> Select(SeriesSelector selector, long from, long to)
    {
        var metrics = selector.Metric is not { } name ? wanted.Values : wanted.TryGetValue(name, out var one) ? [one] : Enumerable.Empty<WantedMetric>();
        foreach (var series in metrics.SelectMany(metric => metric.All).SelectMany(rows => rows.Values).Where(series => selector.Holds(series.Labels)))
        {
            var some = series.Points.Where(point => point.Time > from && point.Time <= to).ToList();
            if (some.Count > 0)
                yield return new Series(series.Labels, some);
        }
    }

    /// <summary>A metric that a rule looks at, and its series by their targets.</summary>
    private sealed class WantedMetric
    {
        private readonly Dictionary<string, Dictionary<LabelSet, RecentValues>> byOwner = new(StringComparer.Ordinal);

        public long Back { get; set; }

        /// <summary>Whether no rule looks at more than its present value.</summary>
        public bool IsNowOnly { get; set; } = true;

        public IEnumerable<Dictionary<LabelSet, RecentValues>> All => byOwner.Values;

        public Dictionary<LabelSet, RecentValues> Rows(string owner)
        {
            if (!byOwner.TryGetValue(owner, out var rows))
                byOwner[owner] = rows = [];
            return rows;
        }

        public RecentValues Of(string owner, string metric, LabelSet row)
        {
            var rows = Rows(owner);
            if (!rows.TryGetValue(row, out var series))
                rows[row] = series = new RecentValues(row.WithMetric(metric));
            return series;
        }
    }

    private sealed class RecentValues(LabelSet labels)
    {
        private readonly List<Point> points = new(1);

        public LabelSet Labels => labels;

        public IReadOnlyList<Point> Points => points;

        public Point Last => points[^1];

        public void Add(Point point, bool isNowOnly)
        {
            // A clock that was set back: what it calls the future is not true any more.
            while (points.Count > 0 && (isNowOnly || points[^1].Time >= point.Time))
                points.RemoveAt(points.Count - 1);
            points.Add(point);
        }

        public bool Trim(long before)
        {
            var old = points.FindIndex(point => point.Time > before);
            points.RemoveRange(0, old < 0 ? points.Count : old);
            return points.Count == 0;
        }
    }
}
