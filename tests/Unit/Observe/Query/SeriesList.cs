using Lockkeeper.Observe.Query;

namespace Lockkeeper.Tests.Unit.Observe.Query;

/// <summary>Series that a test has written down.</summary>
internal sealed class SeriesList(params Series[] all) : ISeriesSource
{
    public const long Start = 1_700_000_000_000;

    public IEnumerable<Series> Select(SeriesSelector selector, long from, long to) => all
        .Where(series => selector.Holds(series.Labels))
        .Select(series => series with { Points = [.. series.Points.Where(point => point.Time > from && point.Time <= to)] })
        .Where(series => series.Points.Count > 0);

    /// <summary>A series with a value each 15 seconds from <see cref="Start"/> on.</summary>
    public static Series Of(string metric, (string Name, string Value)[] labels, params double[] values) =>
        new(LabelSet.Of(metric, labels), [.. values.Select((value, i) => new Point(Start + 15_000 * i, value))]);
}
