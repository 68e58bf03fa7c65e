using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Anomalies;

/// <summary>What counters went up by in spans of ten minutes, counted from 1970. The history keeps that resolution for longest.</summary>
internal static class RateBuckets
{
    /// <summary>The length of a span, in milliseconds.</summary>
    public const long Span = 600_000;

    public const int PerHour = 6;
    public const int PerDay = 24 * PerHour;
    public const int PerWeek = 7 * PerDay;

    /// <summary>The growth per second in each span that has one.</summary>
    /// <param name="points">The values of a counter in the order of time.</param>
    public static Dictionary<long, double> Of(IReadOnlyList<Point> points)
    {
        var rates = new Dictionary<long, double>();
        Point? before = null;
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            if (point.IsStale)
            {
                before = null;
                continue;
            }

            // The last value of a span stands for it, as in the history.
            var isLast = i + 1 == points.Count || points[i + 1].IsStale || points[i + 1].Time / Span != point.Time / Span;
            if (!isLast)
                continue;
            // Past a gap the growth belongs to a time that nobody has seen.
            if (before is { } old && point.Time / Span - old.Time / Span <= 2 && point.Time > old.Time)
            {
                // A counter that falls has begun anew at 0.
                var growth = point.Value < old.Value ? point.Value : point.Value - old.Value;
                rates[point.Time / Span] = growth / ((point.Time - old.Time) / 1000.0);
            }

            before = point;
        }

        return rates;
    }
}
