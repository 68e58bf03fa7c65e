using System.Text;
using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>A label of a query's metrics.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sql">The expression of its value; made text and never NULL.</param>
internal sealed record LabelColumn(string Name, string Sql);

/// <summary>A metric and the expression of its value; NULL is no sample.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Kind">How its values behave.</param>
/// <param name="Sql">The expression; made float8.</param>
/// <param name="Help">What it says.</param>
internal sealed record ValueColumn(string Name, MetricKind Kind, string Sql, string Help)
{
    public int Since { get; init; }

    public int Until { get; init; }

    public string? Grant { get; init; }

    public static ValueColumn Counter(string name, string sql, string help, int since = 0, int until = 0) => new(name, MetricKind.Counter, sql, help) { Since = since, Until = until };

    public static ValueColumn Gauge(string name, string sql, string help, int since = 0, int until = 0) => new(name, MetricKind.Gauge, sql, help) { Since = since, Until = until };

    public static ValueColumn Info(string name, string help) => new(name, MetricKind.Info, "1", help);
}

/// <summary>A query whose first columns are labels and whose others are metrics. Of these the server's version and the role's rights leave those that can be read.</summary>
internal sealed class MetricQuery
{
    private readonly string tag;
    private readonly string from;
    private readonly (int Since, string From)? newer;
    private readonly IReadOnlyList<LabelColumn> labels;
    private readonly IReadOnlyList<ValueColumn> values;

    /// <summary>Creates one.</summary>
    /// <param name="tag">What it is, in the statement's comment.</param>
    /// <param name="labels">Labels of all its metrics.</param>
    /// <param name="values">Its metrics.</param>
    /// <param name="from">FROM and what follows.</param>
    /// <param name="grant">What reading them takes.</param>
    /// <param name="role">Which servers have them.</param>
    /// <param name="extension">The extension that they take; <c>{schema}</c> in the statement is its schema.</param>
    /// <param name="newer">FROM on servers of this major version and later, where their catalogs differ.</param>
    public MetricQuery(string tag, IReadOnlyList<LabelColumn> labels, IReadOnlyList<ValueColumn> values, string from, string grant = "", ServerRole role = ServerRole.Any, string extension = "", (int Since, string From)? newer = null)
    {
        (this.tag, this.labels, this.values, this.from, this.newer) = (tag, labels, values, from, newer);
        Metrics =
        [
            .. values.Select(value => new MetricDescription(value.Name, value.Kind, value.Help, [.. labels.Select(label => label.Name)])
            {
                Topic = tag.Split('.')[0], Since = value.Since, Until = value.Until, Grant = value.Grant ?? grant, Role = role, Extension = extension,
            }),
        ];
    }

    /// <summary>Its metrics, in the order of the columns.</summary>
    public IReadOnlyList<MetricDescription> Metrics { get; }

    /// <summary>The statement for those metrics that can be read; null when none can.</summary>
    public string? Text(Capabilities can)
    {
        var readable = Readable(can);
        if (readable.Count == 0)
            return null;
        var text = new StringBuilder($"/* lk:observe.{tag} */ SELECT ");
        foreach (var label in labels)
            text.Append($"coalesce(({label.Sql})::text, ''), ");
        text.AppendJoin(", ", readable.Select(i => $"({values[i].Sql})::float8")).Append(' ').Append(newer is { } other && can.Major >= other.Since ? other.From : from);
        var extension = Metrics[0].Extension;
        return extension.Length > 0 ? text.Replace("{schema}", can.Extensions[extension].Schema).ToString() : text.ToString();
    }

    /// <summary>Sends it and takes the samples.</summary>
    public async Task RunAsync(CollectorCall call, CancellationToken cancel)
    {
        if (Text(call.Can) is not { } sql)
            return;
        var columns = Readable(call.Can).Select(i => call.Samples.Of(Metrics[i])).ToArray();
        var command = await call.Session.CommandAsync(sql, cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var last = new string[labels.Count];
        for (var place = 0; await reader.ReadAsync(cancel); place++)
        {
            var row = new string[labels.Count];
            for (var i = 0; i < row.Length; i++)
            {
                // Neighbours mostly share database and schema: one string for all of them.
                row[i] = reader.GetString(i);
                if (row[i] == last[i])
                    row[i] = last[i];
            }

            last = row = call.Known(columns[0].Metric, place, row);
            for (var i = 0; i < columns.Length; i++)
            {
                if (!reader.IsDBNull(row.Length + i))
                    columns[i].Add(reader.GetDouble(row.Length + i), row);
            }
        }
    }

    private List<int> Readable(Capabilities can) => [.. Enumerable.Range(0, values.Count).Where(i => can.WhyNot(Metrics[i]) is null)];
}
