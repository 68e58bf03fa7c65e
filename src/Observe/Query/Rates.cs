namespace Lockkeeper.Observe.Query;

/// <summary>How fast a series goes. Formulas as in Prometheus' promql/functions.go (extrapolatedRate, linearRegression), so that a rule fires here as it does there.</summary>
internal static class Rates
{
    public static double? Extrapolated(RangeValues values, bool isCounter, bool perSecond)
    {
        var points = values.Points;
        if (points.Count < 2)
            return null;
        var (first, last) = (points[0], points[^1]);
        var result = last.Value - first.Value;
        if (isCounter)
        {
            // A counter that falls has begun anew at 0.
            for (var i = 1; i < points.Count; i++)
                result += points[i].Value < points[i - 1].Value ? points[i - 1].Value : 0;
        }

        var sampled = (last.Time - first.Time) / 1000.0;
        if (sampled <= 0)
            return null;
        var between = sampled / (points.Count - 1);
        var toStart = (first.Time - values.From) / 1000.0;
        var toEnd = (values.To - last.Time) / 1000.0;
        // Past 1.1 of the usual distance the series is taken to begin or end within the range: half a distance further.
        if (toStart >= between * 1.1)
            toStart = between / 2;
        if (isCounter && result > 0 && first.Value >= 0)
            toStart = Math.Min(toStart, sampled * (first.Value / result));
        if (toEnd >= between * 1.1)
            toEnd = between / 2;
        var factor = (sampled + toStart + toEnd) / sampled;
        return result * (perSecond ? factor / ((values.To - values.From) / 1000.0) : factor);
    }

    public static double? LastTwo(RangeValues values, bool perSecond)
    {
        if (values.Points.Count < 2)
            return null;
        var (before, last) = (values.Points[^2], values.Points[^1]);
        if (!perSecond)
            return last.Value - before.Value;
        var step = last.Value < before.Value ? last.Value : last.Value - before.Value;
        return last.Time == before.Time ? null : step / ((last.Time - before.Time) / 1000.0);
    }

    /// <summary>The line of least squares: its value at a moment and its slope per second.</summary>
    public static (double At, double Slope)? Line(RangeValues values, long? at = null)
    {
        var points = values.Points;
        if (points.Count < 2)
            return null;
        var origin = at ?? points[0].Time;
        var (n, sumX, sumY, sumXY, sumXX) = ((double)points.Count, 0.0, 0.0, 0.0, 0.0);
        foreach (var point in points)
        {
            var x = (point.Time - origin) / 1000.0;
            sumX += x;
            sumY += point.Value;
            sumXY += x * point.Value;
            sumXX += x * x;
        }

        if (points.All(point => point.Value.Equals(points[0].Value)))
            return double.IsInfinity(points[0].Value) ? null : (points[0].Value, 0);
        var varX = sumXX - sumX * sumX / n;
        if (varX == 0)
            return null;
        var slope = (sumXY - sumX * sumY / n) / varX;
        return (sumY / n - slope * sumX / n, slope);
    }

    /// <summary>A quantile with the two nearest values weighed, as Prometheus does.</summary>
    public static double Quantile(double part, IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        if (sorted.Count == 0 || double.IsNaN(part))
            return double.NaN;
        if (part < 0)
            return double.NegativeInfinity;
        if (part > 1)
            return double.PositiveInfinity;
        var rank = part * (sorted.Count - 1);
        var lower = (int)Math.Floor(rank);
        var upper = Math.Min(lower + 1, sorted.Count - 1);
        var weight = rank - lower;
        return sorted[lower] * (1 - weight) + sorted[upper] * weight;
    }
}
