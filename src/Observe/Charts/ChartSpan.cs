namespace Lockkeeper.Observe.Charts;

/// <summary>The moments that a chart has values for.</summary>
/// <param name="From">The first, in milliseconds since 1970.</param>
/// <param name="To">The last.</param>
/// <param name="Step">Their distance in milliseconds.</param>
internal sealed record ChartSpan(long From, long To, long Step)
{
    /// <summary>More than a person sees beside one another.</summary>
    private const int MostPoints = 180;

    private static readonly long[] steps = [10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 21_600_000, 43_200_000, 86_400_000];

    /// <summary>The distance of values of the history that is enough for it, in milliseconds: one of those that the history is kept in.</summary>
    public long Resolution => Step >= 600_000 ? 600_000 : Step >= 120_000 ? 60_000 : 0;

    /// <summary>The moments in order.</summary>
    public IEnumerable<long> Moments
    {
        get
        {
            for (var at = From; at <= To; at += Step)
                yield return at;
        }
    }

    /// <summary>The time up to a moment, at multiples of its step: what is looked at again shows the same values in the same places.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="since">How far back.</param>
    public static ChartSpan Of(DateTimeOffset now, TimeSpan since)
    {
        var span = (long)since.TotalMilliseconds;
        var step = steps.FirstOrDefault(one => span / one <= MostPoints, steps[^1]);
        var to = now.ToUnixTimeMilliseconds() / step * step;
        return new ChartSpan(to - (span / step * step), to, step);
    }

    /// <summary>How far back a rate looks, in milliseconds: over several readings, and over no less than the distance of two values.</summary>
    /// <param name="interval">How often targets are read.</param>
    public long RateBack(TimeSpan interval) => Math.Max(Math.Max((long)interval.TotalMilliseconds * 4, Resolution * 3), Step);
}
