using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Anomalies;

/// <summary>Finds the few rates that are not as they usually are: a pure function over the history.</summary>
/// <remarks>
/// What is told must be worth a person's time: a difference past an absolute floor, at least twice the median (half of it or less for too little) and half as much again as the peaks of most
/// weeks at this hour (three times those of the day before, while there are no seasons), many spreads away, and in each of the last spans, so that one spike is none.
/// </remarks>
internal static class AnomalySearch
{
    /// <summary>The most that is told at once.</summary>
    public const int Most = 5;

    /// <summary>Spans in a row that it must last for: half an hour.</summary>
    private const int Lasting = 3;

    /// <summary>How far back its beginning is looked for.</summary>
    public const int Back = 6 * RateBuckets.PerHour;

    private const double LeastStrength = 6;

    /// <summary>A rate cannot fall below nothing, so that the spreads to go are fewer.</summary>
    private const double LeastFallStrength = 4;

    /// <summary>Searches.</summary>
    /// <param name="source">The history, in the resolution of <see cref="RateBuckets.Span"/> at least.</param>
    /// <param name="rates">What is compared.</param>
    /// <param name="now">The moment.</param>
    /// <param name="target">One target only; null for all.</param>
    public static AnomalyVerdict Run(ISeriesSource source, IReadOnlyList<WatchedRate> rates, DateTimeOffset now, string? target = null)
    {
        var last = LastSpan(now);
        var read = PastRates.Read(source, rates, target, last);
        var (found, compared, seasonal) = (new List<Anomaly>(), 0, 0);
        foreach (var rate in rates)
        {
            foreach (var (labels, values) in read.Of(rate))
            {
                if (!values.ContainsKey(last) || UsualRates.In(values, last, rate.Floor) is not { } usual)
                    continue;
                compared++;
                seasonal += usual.Weeks > 0 ? 1 : 0;
                if (Judge(rate, labels, values, last) is { } anomaly)
                    found.Add(anomaly);
            }
        }

        var strongest = found.GroupBy(one => SubjectOf(one)).Select(group => group.MaxBy(one => Math.Abs(one.Strength))!).OrderByDescending(one => Math.Abs(one.Strength)).ThenBy(one => SubjectOf(one), StringComparer.Ordinal).ToList();
        return new AnomalyVerdict([.. strongest.Take(Most)], Math.Max(0, strongest.Count - Most), compared, seasonal);
    }

    /// <summary>The last span that is over.</summary>
    public static long LastSpan(DateTimeOffset now) => (now.ToUnixTimeMilliseconds() / RateBuckets.Span) - 1;

    private static string SubjectOf(Anomaly one) => one.Rate.Subject + " " + one.Labels;

    private static Anomaly? Judge(WatchedRate rate, LabelSet labels, IReadOnlyDictionary<long, double> values, long last)
    {
        var direction = Direction(rate, values, last);
        if (direction == 0)
            return null;
        var first = last;
        // One span that is as usual does not end it; a second one does.
        for (var span = last - 1; span >= last - Back && (Direction(rate, values, span) == direction || Direction(rate, values, span - 1) == direction); span--)
            first = Direction(rate, values, span) == direction ? span : first;
        for (var span = last - 1; span > last - Lasting; span--)
        {
            if (Direction(rate, values, span) != direction)
                return null;
        }

        return new Anomaly(rate, labels, values[last], UsualRates.In(values, last, rate.Floor)!, DateTimeOffset.FromUnixTimeMilliseconds(first * RateBuckets.Span), first <= last - Back);
    }

    /// <summary>1 for too much, -1 for too little, 0 for neither.</summary>
    private static int Direction(WatchedRate rate, IReadOnlyDictionary<long, double> values, long span)
    {
        if (!values.TryGetValue(span, out var value) || UsualRates.In(values, span, rate.Floor) is not { } usual || Math.Abs(value - usual.Median) < rate.Floor)
            return 0;
        var strength = usual.Strength(value);
        // Without seasons a Monday is compared with a Sunday.
        if (strength >= LeastStrength && value >= usual.Median * 2 && value >= usual.High * (usual.Weeks > 0 ? 1.5 : 3))
            return 1;
        // And every night would be too little.
        return rate.FallsToo && usual.Weeks > 0 && strength <= -LeastFallStrength && value <= usual.Median / 2 && value <= usual.Low / 1.5 ? -1 : 0;
    }
}
