using Lockkeeper.Observe.Anomalies;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Tests.Unit.Observe.Anomalies;

/// <summary>Something that happens to a series for a time.</summary>
/// <param name="Series">Which.</param>
/// <param name="From">The first span, counted from the beginning.</param>
/// <param name="Spans">How many.</param>
/// <param name="Factor">What the rate is multiplied by.</param>
internal sealed record Event(int Series, int From, int Spans, double Factor);

/// <summary>
/// Five weeks of a company: days and nights, quiet weekends, slow growth, noise that lasts, a batch each night that is not punctual, and spikes of ten minutes. Series 0 to 9 are databases (commits), 10 to 24 statements (calls), 25 to 39 tables
/// (rows of sequential scans).
/// </summary>
internal sealed class SyntheticHistory : ISeriesSource
{
    public const int Count = 40;
    public const int Weeks = 5;
    public const int Spans = Weeks * RateBuckets.PerWeek;

    /// <summary>A Monday, 00:00 UTC.</summary>
    public static readonly DateTimeOffset Begin = new(2026, 10, 19, 0, 0, 0, TimeSpan.Zero);

    private readonly List<(LabelSet Labels, Point[] Points)> series = [];

    public SyntheticHistory(int seed, IReadOnlyList<Event>? events = null)
    {
        var random = new Random(seed);
        for (var i = 0; i < Count; i++)
            series.Add((Labels(i), [.. Counter(random, i, (events ?? []).Where(one => one.Series == i).ToList())]));
    }

    public static DateTimeOffset At(int span) => Begin.AddMilliseconds(span * RateBuckets.Span);

    public static LabelSet Labels(int i) => i switch
    {
        < 10 => LabelSet.Of("pg_stat_database_xact_commit", ("target", "prod/shop"), ("environment", "prod"), ("datid", $"{16_000 + i}"), ("datname", $"db{i}")),
        < 25 => LabelSet.Of("pg_stat_statements_calls_total", ("target", "prod/shop"), ("environment", "prod"), ("user", "app"), ("datname", "db0"), ("queryid", $"{1000 + i}"), ("toplevel", "true")),
        _ => LabelSet.Of("pg_stat_user_tables_seq_tup_read", ("target", "prod/shop"), ("environment", "prod"), ("datname", "db0"), ("schemaname", "public"), ("relname", $"t{i}")),
    };

    public IEnumerable<Series> Select(SeriesSelector selector, long from, long to)
    {
        foreach (var (labels, points) in series.Where(one => selector.Holds(one.Labels)))
        {
            var (first, end) = (Index(from), Index(to));
            if (end > first)
                yield return new Series(labels, new ArraySegment<Point>(points, first, end - first));
        }
    }

    /// <summary>How many points lie at or before a moment.</summary>
    private static int Index(long time) => (int)Math.Clamp((time - Begin.ToUnixTimeMilliseconds() - RateBuckets.Span + 1_000) / RateBuckets.Span + 1, 0, Spans);

    private static IEnumerable<Point> Counter(Random random, int i, IReadOnlyList<Event> events)
    {
        var (level, swing, noise, total, spike) = (i < 25 ? 200 + (random.NextDouble() * 800) : 400_000 * (1 + random.NextDouble()), 0.3 + (random.NextDouble() * 0.5), 0.0, 0.0, -1);
        var night = i % 4 == 0 ? 2 + random.Next(4) : -1;
        for (var span = 0; span < Spans; span++)
        {
            var at = At(span);
            var day = 1 - (swing * Math.Cos((at.Hour + (at.Minute / 60.0) - 3) / 24 * 2 * Math.PI));
            // Noise of a tenth that lasts for about an hour.
            noise = (0.85 * noise) + (0.05 * Normal(random));
            if (random.Next(RateBuckets.PerWeek / 2) == 0)
                spike = span;
            var batch = night >= 0 && at.Hour == night && at.Minute >= 10 * ((span / RateBuckets.PerDay * 7) % 3) ? 3 : 1;
            var rate = level * day * (at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0.4 : 1) * (1 + (0.03 * span / RateBuckets.PerWeek)) * Math.Exp(noise) * (spike == span ? 5 : 1) * batch;
            foreach (var one in events.Where(one => span >= one.From && span < one.From + one.Spans))
                rate *= one.Factor;
            total += rate * RateBuckets.Span / 1000;
            // The history has the last value of a span, some seconds before its end.
            yield return new Point(Begin.ToUnixTimeMilliseconds() + ((span + 1) * RateBuckets.Span) - 1_000, Math.Floor(total));
        }
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
