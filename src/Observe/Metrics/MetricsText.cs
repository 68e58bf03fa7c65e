using Lockkeeper.Observe.Exporting;

namespace Lockkeeper.Observe.Metrics;

/// <summary>The two ways to write metrics down.</summary>
public enum MetricsFormat
{
    /// <summary>Prometheus' text format 0.0.4, which everything reads.</summary>
    Prometheus,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics,
}

/// <summary>Writes snapshots as text, line by line into a stream: the whole text is never in memory.</summary>
/// <remarks>
/// Sources: prometheus.io/docs/instrumenting/exposition_formats, and the OpenMetrics specification 1.0.0. There a counter must end with <c>_total</c>. Names that
/// postgres_exporter has given to counters without it stay as they are, so that its dashboards work, and are of type <c>unknown</c> there.
/// </remarks>
public static class MetricsText
{
    /// <summary>The value of the header Content-Type.</summary>
    /// <param name="format">The format.</param>
    public static string ContentType(MetricsFormat format) => format == MetricsFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes snapshots; all lines of a metric stand together, whatever target they are from.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="snapshots">The snapshots; no two of the same target.</param>
    /// <param name="format">The format.</param>
    /// <param name="cancel">Stops writing.</param>
    public static async Task WriteAsync(Stream stream, IReadOnlyList<Snapshot> snapshots, MetricsFormat format, CancellationToken cancel)
    {
        foreach (var piece in Pieces(snapshots, format))
            await stream.WriteAsync(piece, cancel);
    }

    /// <summary>The same piece by piece, each of whole lines; a piece is overwritten by the next one.</summary>
    /// <param name="snapshots">The snapshots; no two of the same target.</param>
    /// <param name="format">The format.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(IReadOnlyList<Snapshot> snapshots, MetricsFormat format)
    {
        var targets = snapshots.Select(snapshot => (Snapshot: snapshot, Labels: TextLines.Encode(snapshot.Target.Labels))).ToList();
        var names = snapshots.SelectMany(snapshot => snapshot.Values.Metrics).DistinctBy(metric => metric.Name).OrderBy(metric => metric.Name, StringComparer.Ordinal);
        var lines = new TextLines(format);
        foreach (var metric in names)
        {
            lines.Header(metric);
            foreach (var (snapshot, labels) in targets)
            {
                foreach (var value in snapshot.Values.Of(metric.Name).SelectMany(values => values.Values))
                {
                    lines.Sample(metric, labels, value);
                    if (lines.IsFull)
                        yield return lines.Take();
                }
            }
        }

        lines.End();
        yield return lines.Take();
    }
}
