using System.Text;

namespace Lockkeeper.Observe.Query;

/// <summary>The labels of a series, sorted by name; a label without a value is no label. The metric's name is the label <see cref="MetricName"/>.</summary>
/// <remarks>The name stands apart from the others, so that all metrics of a row share the labels of the row: there may be hundreds of thousands of series.</remarks>
public sealed class LabelSet : IEquatable<LabelSet>
{
    /// <summary>The label that holds the metric's name, as in Prometheus.</summary>
    public const string MetricName = "__name__";

    // Sorted by name, without the metric's.
    private readonly KeyValuePair<string, string>[] rest;
    private readonly int hashOfRest;

    private LabelSet(string metric, KeyValuePair<string, string>[] rest)
    {
        (Metric, this.rest) = (metric, rest);
        var code = default(HashCode);
        foreach (var (name, value) in rest)
        {
            code.Add(name, StringComparer.Ordinal);
            code.Add(value, StringComparer.Ordinal);
        }

        hashOfRest = code.ToHashCode();
    }

    private LabelSet(string metric, LabelSet row) => (Metric, rest, hashOfRest) = (metric, row.rest, row.hashOfRest);

    /// <summary>No labels.</summary>
    public static LabelSet Empty { get; } = new("", []);

    /// <summary>The labels, sorted by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs
    {
        get
        {
            if (Metric.Length == 0)
                return rest;
            var place = Array.FindIndex(rest, pair => string.CompareOrdinal(pair.Key, MetricName) > 0);
            var all = rest.ToList();
            all.Insert(place < 0 ? rest.Length : place, new(MetricName, Metric));
            return all;
        }
    }

    /// <summary>The metric's name; empty when there is none.</summary>
    public string Metric { get; }

    /// <summary>A label's value; empty when there is no such label.</summary>
    /// <param name="name">The label.</param>
    public string this[string name]
    {
        get
        {
            foreach (var (key, value) in rest)
            {
                if (string.Equals(key, name, StringComparison.Ordinal))
                    return value;
            }

            return name == MetricName ? Metric : "";
        }
    }

    /// <summary>Makes a set; of two labels with the same name the later one holds.</summary>
    /// <param name="labels">Names and values, in any order.</param>
    public static LabelSet Of(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var (metric, sorted) = ("", new List<KeyValuePair<string, string>>());
        foreach (var pair in labels)
        {
            if (pair.Key == MetricName)
            {
                metric = pair.Value;
                continue;
            }

            // There are few, and mostly they come in order.
            var place = sorted.Count;
            while (place > 0 && string.CompareOrdinal(sorted[place - 1].Key, pair.Key) >= 0)
                place--;
            if (place < sorted.Count && sorted[place].Key == pair.Key)
                sorted[place] = pair;
            else
                sorted.Insert(place, pair);
        }

        return new LabelSet(metric, [.. sorted.Where(pair => pair.Value.Length > 0)]);
    }

    /// <summary>Makes a set with a metric's name.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="labels">Names and values.</param>
    public static LabelSet Of(string metric, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var all = new List<KeyValuePair<string, string>> { new(MetricName, metric) };
        foreach (var (name, value) in labels)
            all.Add(new(name, value));
        return Of(all);
    }

    /// <summary>The labels that are asked for.</summary>
    /// <param name="keep">Says whether a label stays.</param>
    public LabelSet Where(Func<string, bool> keep) => new(Metric.Length > 0 && keep(MetricName) ? Metric : "", [.. rest.Where(pair => keep(pair.Key))]);

    /// <summary>The labels without the metric's name.</summary>
    public LabelSet WithoutMetric() => Metric.Length == 0 ? this : new("", this);

    /// <summary>The same labels with a metric's name; what they are made of is shared.</summary>
    /// <param name="metric">The metric.</param>
    public LabelSet WithMetric(string metric) => new(metric, this);

    /// <summary>The labels with one more, or with another value of it.</summary>
    /// <param name="name">The label.</param>
    /// <param name="value">Its value; empty takes it away.</param>
    public LabelSet With(string name, string value) => Of(Pairs.Append(new(name, value)));

    /// <inheritdoc/>
    public bool Equals(LabelSet? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other.hashOfRest != hashOfRest || other.rest.Length != rest.Length || !string.Equals(other.Metric, Metric, StringComparison.Ordinal))
            return false;
        if (ReferenceEquals(rest, other.rest))
            return true;
        for (var i = 0; i < rest.Length; i++)
        {
            if (!string.Equals(rest[i].Key, other.rest[i].Key, StringComparison.Ordinal) || !string.Equals(rest[i].Value, other.rest[i].Value, StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(hashOfRest, string.GetHashCode(Metric, StringComparison.Ordinal));

    /// <summary>As Prometheus writes it: <c>pg_up{target="shop"}</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Metric);
        if (rest.Length == 0 && text.Length > 0)
            return text.ToString();
        text.Append('{');
        for (var i = 0; i < rest.Length; i++)
            text.Append(i == 0 ? "" : ", ").Append(rest[i].Key).Append("=\"").Append(rest[i].Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        return text.Append('}').ToString();
    }
}
