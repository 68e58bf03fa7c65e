namespace Lockkeeper.Observe.Metrics;

/// <summary>One value of one series. The labels of the target are not among these: they hold for its whole snapshot.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Labels">The values of <see cref="MetricDescription.Labels"/>, in that order.</param>
/// <param name="Value">The value; may be NaN or infinite.</param>
public readonly record struct Sample(MetricDescription Metric, IReadOnlyList<string> Labels, double Value);

/// <summary>A value and what tells its series from the others of the metric.</summary>
/// <param name="Labels">The values of the labels.</param>
/// <param name="Value">The value.</param>
/// <remarks>An array of labels belongs to metrics with the same names of labels only.</remarks>
internal readonly record struct SeriesValue(string[] Labels, double Value);

/// <summary>The values of one metric.</summary>
internal sealed class MetricValues(MetricDescription metric, int capacity)
{
    public MetricDescription Metric { get; } = metric;

    public List<SeriesValue> Values { get; } = new(capacity);

    public void Add(double value, params string[] labels) => Values.Add(new SeriesValue(labels, value));
}

/// <summary>Samples by metric, as both formats want them: all lines of a metric stand together.</summary>
/// <remarks>
/// There may be hundreds of thousands, so none is copied: the columns of a row share the array of their labels, a set that is put together from others refers to their lists, and lists are made
/// as large as they were the last time.
/// </remarks>
/// <param name="last">The set of the time before; null for none.</param>
internal sealed class SampleSet(SampleSet? last = null)
{
    private readonly Dictionary<string, List<MetricValues>> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MetricValues> own = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> sizes = last?.byName.ToDictionary(one => one.Key, one => one.Value.Sum(values => values.Values.Count), StringComparer.Ordinal) ?? [];

    /// <summary>The metrics that have a sample.</summary>
    public IEnumerable<MetricDescription> Metrics => byName.Values.Where(parts => parts.Exists(values => values.Values.Count > 0)).Select(parts => parts[0].Metric);

    /// <summary>The names of the metrics.</summary>
    public IEnumerable<string> Names => byName.Keys;

    /// <summary>How many samples there are.</summary>
    public int Count => byName.Values.Sum(parts => parts.Sum(values => values.Values.Count));

    /// <summary>The values of a metric, to add to.</summary>
    public MetricValues Of(MetricDescription metric)
    {
        if (own.TryGetValue(metric.Name, out var values))
            return values;
        values = own[metric.Name] = new MetricValues(metric, sizes.GetValueOrDefault(metric.Name));
        Part(values);
        return values;
    }

    /// <summary>The values of a metric; empty when there are none.</summary>
    public IReadOnlyList<MetricValues> Of(string name) => byName.TryGetValue(name, out var parts) ? parts : [];

    /// <summary>Adds one.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="value">The value.</param>
    /// <param name="labels">The values of its labels, in order.</param>
    public void Add(MetricDescription metric, double value, params string[] labels) => Of(metric).Add(value, labels);

    /// <summary>Adds all of another, which must not change any more.</summary>
    public void Add(SampleSet other)
    {
        foreach (var values in other.byName.Values.SelectMany(parts => parts))
            Part(values);
    }

    /// <summary>All, metric by metric.</summary>
    public IEnumerable<Sample> All() => byName.Keys.SelectMany(All);

    /// <summary>Those of one metric.</summary>
    public IEnumerable<Sample> All(string name) => Of(name).SelectMany(values => values.Values.Select(value => new Sample(values.Metric, value.Labels, value.Value)));

    private void Part(MetricValues values)
    {
        if (byName.TryGetValue(values.Metric.Name, out var parts))
            parts.Add(values);
        else
            byName[values.Metric.Name] = [values];
    }
}
