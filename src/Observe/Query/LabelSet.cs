using System.Text;

namespace Lockkeeper.Observe.Query;

/// <summary>The labels of a series, sorted by name; a label without a value is no label. The metric's name is the label <see cref="MetricName"/>.</summary>
public sealed class LabelSet : IEquatable<LabelSet>
{
    /// <summary>The label that holds the metric's name, as in Prometheus.</summary>
    public const string MetricName = "__name__";

    private readonly KeyValuePair<string, string>[] pairs;
    private readonly int hash;

    private LabelSet(KeyValuePair<string, string>[] sorted)
    {
        pairs = sorted;
        var code = default(HashCode);
        foreach (var (name, value) in sorted)
        {
            code.Add(name, StringComparer.Ordinal);
            code.Add(value, StringComparer.Ordinal);
        }

        hash = code.ToHashCode();
    }

    /// <summary>No labels.</summary>
    public static LabelSet Empty { get; } = new([]);

    /// <summary>The labels, sorted by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs => pairs;

    /// <summary>The metric's name; empty when there is none.</summary>
    public string Metric => this[MetricName];

    /// <summary>A label's value; empty when there is no such label.</summary>
    /// <param name="name">The label.</param>
    public string this[string name]
    {
        get
        {
            foreach (var (key, value) in pairs)
            {
                if (string.Equals(key, name, StringComparison.Ordinal))
                    return value;
            }

            return "";
        }
    }

    /// <summary>Makes a set; of two labels with the same name the later one holds.</summary>
    /// <param name="labels">Names and values, in any order.</param>
    public static LabelSet Of(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in labels)
            sorted[name] = value;
        return new LabelSet([.. sorted.Where(pair => pair.Value.Length > 0)]);
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
    public LabelSet Where(Func<string, bool> keep) => new([.. pairs.Where(pair => keep(pair.Key))]);

    /// <summary>The labels without the metric's name.</summary>
    public LabelSet WithoutMetric() => Where(name => name != MetricName);

    /// <summary>The labels with one more, or with another value of it.</summary>
    /// <param name="name">The label.</param>
    /// <param name="value">Its value; empty takes it away.</param>
    public LabelSet With(string name, string value) => Of(pairs.Append(new(name, value)));

    /// <inheritdoc/>
    public bool Equals(LabelSet? other)
    {
        if (other is null || other.hash != hash || other.pairs.Length != pairs.Length)
            return false;
        for (var i = 0; i < pairs.Length; i++)
        {
            if (!string.Equals(pairs[i].Key, other.pairs[i].Key, StringComparison.Ordinal) || !string.Equals(pairs[i].Value, other.pairs[i].Value, StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <summary>As Prometheus writes it: <c>pg_up{target="shop"}</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Metric);
        var rest = WithoutMetric();
        if (rest.pairs.Length == 0 && text.Length > 0)
            return text.ToString();
        text.Append('{');
        for (var i = 0; i < rest.pairs.Length; i++)
            text.Append(i == 0 ? "" : ", ").Append(rest.pairs[i].Key).Append("=\"").Append(rest.pairs[i].Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        return text.Append('}').ToString();
    }
}
