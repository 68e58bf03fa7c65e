namespace Lockkeeper.Observe.Anomalies;

/// <summary>What is usual for one rate: the median of the same hour of the week in earlier weeks, with its median absolute deviation; before there are enough weeks, of the day before.</summary>
/// <remarks>Medians are not moved by the anomalies of the past. The factor 1.4826 makes the deviation that of a normal distribution (Rousseeuw and Croux 1993).</remarks>
internal static class UsualRates
{
    private const double NormalFactor = 1.4826;

    /// <summary>How many weeks back are looked at.</summary>
    public const int Weeks = 4;

    /// <summary>The weeks that make a season.</summary>
    private const int EnoughWeeks = 3;

    /// <summary>Spans before and after the same moment of an earlier week: an hour, since people are not punctual and clocks change.</summary>
    public const int Around = RateBuckets.PerHour;

    /// <summary>Spans of a week that make it count.</summary>
    private const int EnoughOfWeek = 7;

    /// <summary>The day before ends so many spans before: what has begun since does not make itself usual.</summary>
    public const int Settled = 6 * RateBuckets.PerHour;

    /// <summary>So many of its highest and lowest spans are chance.</summary>
    private const int Spikes = 2;

    /// <summary>Spans of the day before that are enough: half of it, or the night is taken for the day.</summary>
    private const int EnoughOfDay = RateBuckets.PerDay / 2;

    /// <summary>A rate that differs by less than this part from its median is taken for the same, however steady it was.</summary>
    private const double LeastSpread = 0.1;

    /// <summary>What is usual in a span; null when too little is known.</summary>
    /// <param name="rates">The rates by span.</param>
    /// <param name="span">The span.</param>
    /// <param name="floor">The floor of differences.</param>
    public static UsualRange? In(IReadOnlyDictionary<long, double> rates, long span, double floor)
    {
        var season = new List<double>();
        var (lows, highs) = (new List<double>(), new List<double>());
        for (var week = 1; week <= Weeks; week++)
        {
            var there = Values(rates, span - (week * RateBuckets.PerWeek) - Around, span - (week * RateBuckets.PerWeek) + Around);
            if (there.Count < EnoughOfWeek)
                continue;
            season.AddRange(there);
            lows.Add(there.Min());
            highs.Add(there.Max());
        }

        if (highs.Count >= EnoughWeeks)
            return Of(season, floor, Median(lows), Median(highs), highs.Count);
        var day = Values(rates, span - Settled - RateBuckets.PerDay, span - Settled - 1);
        if (day.Count < EnoughOfDay)
            return null;
        day.Sort();
        return Of(day, floor, day[Spikes], day[^(Spikes + 1)], 0);
    }

    private static UsualRange Of(List<double> values, double floor, double low, double high, int weeks)
    {
        var median = Median(values);
        var deviation = Median([.. values.Select(value => Math.Abs(value - median))]);
        return new UsualRange(median, Math.Max(deviation * NormalFactor, Math.Max(median * LeastSpread, floor / 4)), low, high, weeks);
    }

    private static List<double> Values(IReadOnlyDictionary<long, double> rates, long from, long to)
    {
        var values = new List<double>();
        for (var span = from; span <= to; span++)
        {
            if (rates.TryGetValue(span, out var rate))
                values.Add(rate);
        }

        return values;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
