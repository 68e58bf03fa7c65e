using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Lockkeeper.Server.Web;

/// <summary>What the server tells Prometheus about itself.</summary>
internal sealed class ServerMetrics
{
    /// <summary>The type of the text (Prometheus' format, version 0.0.4).</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Bounds in seconds: a page is good below 0.1, and a job's answer that is waited for may take a minute.</summary>
    private static readonly double[] bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

    private readonly ConcurrentDictionary<(string Kind, int Status), long> requests = new();
    private readonly ConcurrentDictionary<string, Histogram> durations = new(StringComparer.Ordinal);

    /// <summary>Counts a request that was answered.</summary>
    /// <param name="kind"><c>page</c>, <c>api</c> or <c>other</c>; an address itself would make a series of whatever strangers ask for.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="took">How long it took.</param>
    public void Answered(string kind, int status, TimeSpan took)
    {
        requests.AddOrUpdate((kind, status), 1, static (_, count) => count + 1);
        durations.GetOrAdd(kind, static _ => new Histogram()).Add(took.TotalSeconds);
    }

    /// <summary>The text.</summary>
    /// <param name="gauges">What stands at this moment: name, help and value.</param>
    public string Text(IEnumerable<(string Name, string Help, double Value)> gauges)
    {
        var text = new StringBuilder();
        Header(text, "lockkeeper_server_requests_total", "counter", "Requests that were answered, by kind of address and status.");
        foreach (var ((kind, status), count) in requests.OrderBy(pair => pair.Key))
            text.Append(CultureInfo.InvariantCulture, $"lockkeeper_server_requests_total{{kind=\"{kind}\",status=\"{status}\"}} {count}\n");
        Header(text, "lockkeeper_server_request_duration_seconds", "histogram", "How long answers took, by kind of address; a stream of events lasts as long as its reader stays.");
        foreach (var (kind, histogram) in durations.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            histogram.Write(text, kind);
        foreach (var (name, help, value) in gauges)
        {
            Header(text, name, "gauge", help);
            text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
        }

        return text.ToString();
    }

    private static void Header(StringBuilder text, string name, string type, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private sealed class Histogram
    {
        private readonly long[] counts = new long[bounds.Length + 1];
        private readonly Lock gate = new();
        private double sum;

        public void Add(double seconds)
        {
            var bucket = Array.FindIndex(bounds, bound => seconds <= bound);
            lock (gate)
            {
                counts[bucket < 0 ? bounds.Length : bucket]++;
                sum += seconds;
            }
        }

        public void Write(StringBuilder text, string kind)
        {
            lock (gate)
            {
                long below = 0;
                for (var i = 0; i < bounds.Length; i++)
                    text.Append(CultureInfo.InvariantCulture, $"lockkeeper_server_request_duration_seconds_bucket{{kind=\"{kind}\",le=\"{bounds[i]}\"}} {below += counts[i]}\n");
                text.Append(CultureInfo.InvariantCulture, $"lockkeeper_server_request_duration_seconds_bucket{{kind=\"{kind}\",le=\"+Inf\"}} {below += counts[bounds.Length]}\n");
                text.Append(CultureInfo.InvariantCulture, $"lockkeeper_server_request_duration_seconds_sum{{kind=\"{kind}\"}} {sum}\nlockkeeper_server_request_duration_seconds_count{{kind=\"{kind}\"}} {below}\n");
            }
        }
    }
}
