using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Sqlite;

/// <summary>The numbers of an owner's series, as the file has them: a metric has one, the labels of a row have one, and the two together are the series.</summary>
/// <remarks>A row of pg_stat_user_tables has twenty metrics. Were each of their series written down with its labels, names would take more than values, in the file and in memory.</remarks>
internal sealed class KnownSeries
{
    private const int RowBits = 36;

    private readonly string owner;
    private readonly Dictionary<LabelSet, long> rows = [];
    private readonly Dictionary<long, LabelSet> labels = [];
    private readonly Dictionary<string, long> metrics = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> names = [];

    public KnownSeries(string owner, BlockFile file)
    {
        this.owner = owner;
        foreach (var (text, number) in file.Series(owner))
            Add(LabelText.Read(text), number);
    }

    /// <summary>The part of a number that all series of a metric share; 0 when the metric is not known.</summary>
    public long Metric(string name) => metrics.GetValueOrDefault(name) << RowBits;

    /// <summary>The same, and the metric is written down when it is new.</summary>
    public long Metric(string name, BlockFile file) => (metrics.TryGetValue(name, out var number) ? number : Add(LabelSet.Of(name), file)) << RowBits;

    /// <summary>The other part: that of a row of labels, which is written down when it is new.</summary>
    public long Row(LabelSet row, BlockFile file) => rows.TryGetValue(row, out var number) ? number : Add(row, file);

    /// <summary>The name of a series' metric; null when it is not known.</summary>
    public string? NameOf(long series) => names.GetValueOrDefault(series >> RowBits);

    /// <summary>The labels of a series; null when they are not known.</summary>
    public LabelSet? Labels(long series) => NameOf(series) is { } name && labels.TryGetValue(series & ((1L << RowBits) - 1), out var row) ? row.WithMetric(name) : null;

    /// <summary>Whether a series has this metric; null for any.</summary>
    public static bool Has(long series, long? metric) => metric is not { } one || series >> RowBits == one >> RowBits;

    private long Add(LabelSet set, BlockFile file)
    {
        var number = file.AddSeries(owner, LabelText.Write(set));
        Add(set, number);
        return number;
    }

    private void Add(LabelSet set, long number)
    {
        if (set.Metric.Length > 0)
            (metrics[set.Metric], names[number]) = (number, set.Metric);
        else
            (rows[set], labels[number]) = (number, set);
    }
}
