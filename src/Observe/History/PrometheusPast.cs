using System.Globalization;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.History;

/// <summary>Reads the past from a Prometheus that scrapes our exporter (HTTP API v1, <c>query_range</c>).</summary>
internal static class PrometheusPast
{
    /// <summary>Reads some times of some series; what is given back holds these and nothing else.</summary>
    /// <param name="url">Prometheus' own URL, with references to secrets; a user and password in it go as basic authentication.</param>
    /// <param name="selector">Which series.</param>
    /// <param name="times">The times, in milliseconds since 1970.</param>
    /// <param name="step">The distance of the values, in milliseconds; each is the last one of its step.</param>
    /// <param name="workspace">Resolves secrets.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">It does not answer (LK1600), or not what is asked for (LK6003).</exception>
    public static async Task<ISeriesSource> ReadAsync(string url, SeriesSelector selector, IEnumerable<(long From, long To)> times, long step, Workspace workspace, CancellationToken cancel)
    {
        var api = await PrometheusApi.OpenAsync(url, workspace, cancel);
        var points = new Dictionary<LabelSet, List<Point>>();
        foreach (var (from, to) in times.OrderBy(time => time.From))
            Take(points, await api.AskAsync("query_range", $"query={Uri.EscapeDataString(Text(selector))}&start={Seconds(from + step - 1)}&end={Seconds(to)}&step={Seconds(step)}", cancel));
        return new ReadSeries([.. points.Select(one => new Series(one.Key, one.Value))]);
    }

    private static void Take(Dictionary<LabelSet, List<Point>> points, JsonDocument answer)
    {
        using (answer)
        {
            foreach (var series in answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
            {
                // How it is scraped tells nothing of what it is about.
                var labels = LabelSet.Of(series.GetProperty("metric").EnumerateObject().Where(label => label.Name is not ("job" or "instance")).Select(label => KeyValuePair.Create(label.Name, label.Value.GetString()!)));
                if (!points.TryGetValue(labels, out var all))
                    points[labels] = all = [];
                foreach (var value in series.GetProperty("values").EnumerateArray())
                {
                    var time = (long)Math.Round(value[0].GetDouble() * 1000);
                    if (all.Count == 0 || all[^1].Time < time)
                        all.Add(new Point(time, double.TryParse(value[1].GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN));
                }
            }
        }
    }

    /// <summary>The selector in PromQL.</summary>
    private static string Text(SeriesSelector selector) => (selector.Metric ?? "") + "{" + string.Join(',', selector.Matchers.Select(matcher =>
        $"{matcher.Label}{matcher.Kind switch { MatchKind.Equal => "=", MatchKind.NotEqual => "!=", MatchKind.Matches => "=~", _ => "!~" }}\"{matcher.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"")) + "}";

    private static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString(CultureInfo.InvariantCulture);

    private sealed class ReadSeries(IReadOnlyList<Series> all) : ISeriesSource
    {
        public IEnumerable<Series> Select(SeriesSelector selector, long from, long to)
        {
            foreach (var series in all.Where(series => selector.Holds(series.Labels)))
            {
                var points = series.Points.Where(point => point.Time > from && point.Time <= to).ToList();
                if (points.Count > 0)
                    yield return new Series(series.Labels, points);
            }
        }
    }
}
