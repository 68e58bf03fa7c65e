using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Sqlite;

/// <summary>Gathers the points of those series that a selector means, block by block.</summary>
internal sealed class SelectedPoints(KnownSeries known, SeriesSelector selector)
{
    private readonly long? metric = selector.Metric is { } name ? known.Metric(name) : null;
    private readonly Dictionary<long, Selected?> all = [];

    /// <summary>Takes the points of a block after a moment up to and with another; null when it has none there.</summary>
    public (long First, long Last)? Take(BlockReader block, long from, long to)
    {
        var first = Array.FindIndex(block.Times, time => time > from);
        var last = Array.FindLastIndex(block.Times, time => time <= to);
        if (first < 0 || last < first)
            return null;
        var there = new HashSet<long>();
        while (block.Next())
        {
            if (!KnownSeries.Has(block.Series, metric) || Of(block.Series) is not { } one)
                continue;
            there.Add(block.Series);
            for (var i = first; i <= last; i++)
                one.Points.Add(new Point(block.Times[i], block.Values[i]));
        }

        // A series that a block does not have has ended.
        foreach (var one in all.Where(one => one.Value is not null && !there.Contains(one.Key)))
            one.Value!.Points.Add(new Point(block.Times[first], Point.Stale));
        return (block.Times[first], block.Times[last]);
    }

    /// <summary>The series with their points in the order of time.</summary>
    public IEnumerable<Series> Series()
    {
        foreach (var one in all.Values.OfType<Selected>())
        {
            Tidy(one.Points);
            if (one.Points.Count > 0)
                yield return new Series(one.Labels, one.Points);
        }
    }

    private Selected? Of(long series)
    {
        if (!all.TryGetValue(series, out var one))
            all[series] = one = known.Labels(series) is { } labels && selector.Holds(labels) ? new Selected(labels, []) : null;
        return one;
    }

    /// <summary>Puts points in order, and leaves one of several ends of a series that follow each other.</summary>
    private static void Tidy(List<Point> points)
    {
        points.Sort((one, other) => one.Time.CompareTo(other.Time));
        var kept = 0;
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].IsStale && (kept == 0 || points[kept - 1].IsStale))
                continue;
            points[kept++] = points[i];
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private sealed record Selected(LabelSet Labels, List<Point> Points);
}
