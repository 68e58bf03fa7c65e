using System.Globalization;
using System.Text;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.History;

/// <summary>Reads the past from a Prometheus that scrapes our exporter (HTTP API v1, <c>query_range</c>).</summary>
internal static class PrometheusPast
{
    /// <summary>A day of thirty thousand series in ten minutes each; more would not fit into memory beside the rest.</summary>
    private const int MostBytes = 256 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

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
        var address = await AddressAsync(url, workspace, cancel);
        var points = new Dictionary<LabelSet, List<Point>>();
        foreach (var (from, to) in times.OrderBy(time => time.From))
            Take(points, await AskAsync(address, selector, from + step - 1, to, step, cancel));
        return new ReadSeries([.. points.Select(one => new Series(one.Key, one.Value))]);
    }

    private static async Task<Address> AddressAsync(string url, Workspace workspace, CancellationToken cancel)
    {
        var text = await workspace.Secrets.ResolveAsync(url, cancel);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new LockkeeperException(KernelErrors.ConfigBadValue, "observe: prometheus: is not the URL of a Prometheus", "Write it as http://127.0.0.1:9090.");
        var user = Uri.UnescapeDataString(uri.UserInfo);
        if (user.Contains(':', StringComparison.Ordinal))
            workspace.Redactor.Learn(user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        // One behind a path, such as /prometheus, has its API below it.
        var query = new UriBuilder(uri) { UserName = "", Password = "", Path = uri.AbsolutePath.TrimEnd('/') + "/api/v1/query_range", Query = "" }.Uri;
        return new Address(query, user.Length == 0 ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user)));
    }

    private static async Task<JsonDocument> AskAsync(Address address, SeriesSelector selector, long from, long to, long step, CancellationToken cancel)
    {
        var answer = await OutboundHttp.SendAsync(
            new HttpCall("POST", address.Query)
            {
                // In the body: a pattern of metrics is too long for some proxies' addresses.
                Body = $"query={Uri.EscapeDataString(Text(selector))}&start={Seconds(from)}&end={Seconds(to)}&step={Seconds(step)}",
                ContentType = "application/x-www-form-urlencoded",
                Headers = address.Authorization is { } word ? [new("Authorization", word)] : [],
                MostBytes = MostBytes,
            }, Limit, cancel);
        try
        {
            var json = JsonDocument.Parse(answer.Body);
            if (json.RootElement.TryGetProperty("status", out var status) && status.GetString() == "success")
                return json;
            var why = json.RootElement.TryGetProperty("error", out var error) ? error.GetString() : "no error is given";
            json.Dispose();
            throw Refused(address, $"refuses the question: {why}", null);
        }
        catch (JsonException e)
        {
            throw Refused(address, answer.Body.Length >= MostBytes ? $"answers with more than {MostBytes >> 20} MB" : $"answers with status {answer.Status} and no JSON of its API", e);
        }
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

    private static LockkeeperException Refused(Address address, string why, Exception? inner) => new(
        ObserveErrors.PrometheusUnusable, $"{address.Query.GetLeftPart(UriPartial.Authority)} {why}",
        "Look whether observe: prometheus: is the address of a Prometheus 2 or 3 that scrapes 'lk observe serve'.", inner: inner);

    private sealed record Address(Uri Query, string? Authorization);

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
