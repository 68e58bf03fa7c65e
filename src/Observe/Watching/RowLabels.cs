using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Watching;

/// <summary>The labels of a target's rows, each made once and kept while scrapes have the row.</summary>
/// <remarks>Collectors give a row that they gave before as the same array, so it is found by being the same object.</remarks>
internal sealed class RowLabels
{
    private readonly List<KeyValuePair<string, string>> buffer = [];
    private Dictionary<string[], LabelSet> before = new(ReferenceEqualityComparer.Instance);
    private Dictionary<string[], LabelSet> now = new(ReferenceEqualityComparer.Instance);

    /// <summary>The values of a scrape with all their labels, until the next scrape is gone through.</summary>
    /// <param name="snapshot">The scrape.</param>
    public ScrapedRows Of(Snapshot snapshot)
    {
        (before, now) = (now, new(now.Count, ReferenceEqualityComparer.Instance));
        return new ScrapedRows(snapshot.Values.Names.ToDictionary(name => name, name => snapshot.Values.Of(name).SelectMany(part => part.Values.Select(value => new RowValue(Row(snapshot, part.Metric.Labels, value.Labels), value.Value))), StringComparer.Ordinal));
    }

    private LabelSet Row(Snapshot snapshot, IReadOnlyList<string> names, string[] values)
    {
        if (now.TryGetValue(values, out var row))
            return row;
        if (!before.TryGetValue(values, out row))
        {
            buffer.Clear();
            buffer.AddRange(snapshot.Target.Labels);
            for (var i = 0; i < names.Count; i++)
                buffer.Add(new(names[i], values[i]));
            row = LabelSet.Of(buffer);
        }

        return now[values] = row;
    }
}
