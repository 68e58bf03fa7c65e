using System.Runtime.InteropServices;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.History;

/// <summary>A value of a scrape, of whatever metric.</summary>
/// <param name="Row">The labels without the metric's name: one object for all metrics of a row, and the same one from scrape to scrape.</param>
/// <param name="Value">The value.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowValue(LabelSet Row, double Value);

/// <summary>What a scrape has read, metric by metric. There are hundreds of thousands of values in one, so they are gone through and never put into a list.</summary>
/// <param name="byMetric">The values by the name of their metric; each may be gone through several times.</param>
internal sealed class ScrapedRows(IReadOnlyDictionary<string, IEnumerable<RowValue>> byMetric)
{
    /// <summary>The names of the metrics.</summary>
    public IEnumerable<string> Metrics => byMetric.Keys;

    /// <summary>The values of a metric; empty when there are none.</summary>
    /// <param name="metric">Its name.</param>
    public IEnumerable<RowValue> this[string metric] => byMetric.TryGetValue(metric, out var values) ? values : [];

    /// <summary>The same of values with all their labels.</summary>
    /// <param name="samples">The values.</param>
    public static ScrapedRows Of(params IEnumerable<VectorSample> samples) => new(samples.GroupBy(sample => sample.Labels.Metric, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => (IEnumerable<RowValue>)[.. group.Select(sample => new RowValue(sample.Labels.WithoutMetric(), sample.Value))], StringComparer.Ordinal));
}
