using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Charts;

/// <summary>Series that were read once and are asked for many moments.</summary>
internal sealed class HeldSeries : ISeriesSource
{
    private readonly Dictionary<string, List<Series>> byMetric = new(StringComparer.Ordinal);

    /// <param name="all">The series, their points in the order of time.</param>
    public HeldSeries(IEnumerable<Series> all)
    {
        foreach (var series in all)
        {
            if (!byMetric.TryGetValue(series.Labels.Metric, out var list))
                byMetric[series.Labels.Metric] = list = [];
            list.Add(series);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Series> Select(SeriesSelector selector, long from, long to)
    {
        foreach (var series in selector.Metric is { } metric ? byMetric.GetValueOrDefault(metric) ?? [] : byMetric.Values.SelectMany(list => list))
        {
            var (first, end) = (After(series.Points, from), After(series.Points, to));
            if (first < end && selector.Holds(series.Labels))
                yield return new Series(series.Labels, [.. series.Points.Skip(first).Take(end - first)]);
        }
    }

    /// <summary>The place of the first point after a moment.</summary>
    private static int After(IReadOnlyList<Point> points, long moment)
    {
        var (low, high) = (0, points.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (points[middle].Time > moment)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
