using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Pooling;
using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql.Pooling;

/// <summary>A command of the console whose answer is metrics.</summary>
internal interface IConsoleTable
{
    /// <summary>The command.</summary>
    string Command { get; }

    /// <summary>Its metrics.</summary>
    IReadOnlyList<MetricDescription> Metrics { get; }

    /// <summary>Takes the samples, and gives the metrics that this version of the program does not have.</summary>
    IEnumerable<MetricDescription> Read(ConsoleTable answer, SampleSet samples);
}

/// <summary>A column that is a metric.</summary>
/// <param name="Column">Its name in the console.</param>
/// <param name="Name">The metric's name after the table's prefix.</param>
/// <param name="Kind">How its values behave.</param>
/// <param name="Help">What it says.</param>
internal sealed record ConsoleColumn(string Column, string Name, MetricKind Kind, string Help)
{
    /// <summary>What the number is multiplied by.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>A column with the microseconds of it; null for none.</summary>
    public string? Micro { get; init; }
}

/// <summary>A table with a column for each metric and label.</summary>
internal sealed class ColumnTable : IConsoleTable
{
    private readonly IReadOnlyList<string> labels;
    private readonly IReadOnlyList<ConsoleColumn> columns;

    public ColumnTable(string command, string prefix, IReadOnlyList<string> labels, params IReadOnlyList<ConsoleColumn> columns)
    {
        (Command, this.labels, this.columns) = (command, labels, columns);
        Metrics = [.. columns.Select(column => PoolerMetrics.Of(prefix + column.Name, column.Kind, column.Help, labels))];
    }

    public string Command { get; }

    public IReadOnlyList<MetricDescription> Metrics { get; }

    /// <summary>Columns that later versions call something else.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>();

    public IEnumerable<MetricDescription> Read(ConsoleTable answer, SampleSet samples)
    {
        var places = columns.Select(column => Place(answer, column.Column)).ToList();
        var micro = columns.Select(column => column.Micro is { } name ? answer.IndexOf(name) : -1).ToList();
        var ofLabels = labels.Select(answer.IndexOf).ToList();
        foreach (var row in answer.Rows)
        {
            var values = ofLabels.Select(place => place < 0 ? "" : row[place] ?? "").ToArray();
            for (var i = 0; i < columns.Count; i++)
            {
                if (places[i] >= 0 && Number(row[places[i]]) is { } number)
                    samples.Of(Metrics[i]).Add((number * columns[i].Factor) + (micro[i] >= 0 ? (Number(row[micro[i]]) ?? 0) * 1e-6 : 0), values);
            }
        }

        return Metrics.Index().Where(metric => places[metric.Index] < 0).Select(metric => metric.Item);
    }

    internal static double? Number(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private int Place(ConsoleTable answer, string column) => answer.IndexOf(column) is >= 0 and var place ? place : Renamed.TryGetValue(column, out var later) ? answer.IndexOf(later) : -1;
}

/// <summary>A table with a row for each metric.</summary>
internal sealed class KeyedTable(string command, string key, string value, params IReadOnlyList<(string Key, MetricDescription Metric)> rows) : IConsoleTable
{
    public string Command => command;

    public IReadOnlyList<MetricDescription> Metrics { get; } = [.. rows.Select(row => row.Metric)];

    public IEnumerable<MetricDescription> Read(ConsoleTable answer, SampleSet samples)
    {
        var (names, values) = (answer.IndexOf(key), answer.IndexOf(value));
        foreach (var (name, metric) in rows)
        {
            if (names >= 0 && values >= 0 && answer.Rows.FirstOrDefault(row => row[names] == name) is { } found && ColumnTable.Number(found[values]) is { } number)
                samples.Add(metric, number);
            else
                yield return metric;
        }
    }
}
