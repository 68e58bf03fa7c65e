using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Lockkeeper.Observe.Metrics;

/// <summary>The lines of both text formats, gathered in a buffer of fixed size.</summary>
internal sealed class TextLines(MetricsFormat format)
{
    private const int FlushAt = 32 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(2 * FlushAt);
    private readonly Dictionary<MetricDescription, byte[][]> heads = [];

    /// <summary>Whether it is time to take what is gathered.</summary>
    public bool IsFull => buffer.WrittenCount >= FlushAt;

    /// <summary>Labels that stand in every line of a target, ready to be copied: <c>a="x",b="y"</c>.</summary>
    public static byte[] Encode(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var (name, value) in labels)
        {
            Raw(text, text.WrittenCount > 0 ? "," + name + "=\"" : name + "=\"");
            Escaped(text, value);
            Raw(text, "\"");
        }

        return text.WrittenSpan.ToArray();
    }

    /// <summary>HELP and TYPE, and in OpenMetrics UNIT.</summary>
    public void Header(MetricDescription metric)
    {
        var (family, type) = Family(metric);
        Raw(buffer, "# HELP " + family + " ");
        Escaped(buffer, metric.Help, quotes: format == MetricsFormat.OpenMetrics);
        Raw(buffer, "\n# TYPE " + family + " " + type + "\n");
        if (format == MetricsFormat.OpenMetrics && metric.Unit.Length > 0 && family.EndsWith("_" + metric.Unit, StringComparison.Ordinal))
            Raw(buffer, "# UNIT " + family + " " + metric.Unit + "\n");
    }

    /// <summary>One value.</summary>
    public void Sample(MetricDescription metric, byte[] targetLabels, SeriesValue value)
    {
        Raw(buffer, metric.Name);
        if (targetLabels.Length + metric.Labels.Count > 0)
        {
            Raw(buffer, "{");
            buffer.Write(targetLabels);
            var names = HeadsOf(metric);
            for (var i = 0; i < names.Length; i++)
            {
                buffer.Write(i == 0 && targetLabels.Length == 0 ? names[i].AsSpan(1) : names[i]);
                Escaped(buffer, value.Labels[i]);
                Raw(buffer, "\"");
            }

            Raw(buffer, "} ");
        }
        else
        {
            Raw(buffer, " ");
        }

        Number(value.Value);
        Raw(buffer, "\n");
    }

    /// <summary>What comes at the very end.</summary>
    public void End()
    {
        if (format == MetricsFormat.OpenMetrics)
            Raw(buffer, "# EOF\n");
    }

    /// <summary>What is gathered, until the next line.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var lines = buffer.WrittenMemory;
        buffer.ResetWrittenCount();
        return lines;
    }

    private (string Name, string Type) Family(MetricDescription metric) => (format, metric.Kind) switch
    {
        (MetricsFormat.OpenMetrics, MetricKind.Counter) when metric.Name.EndsWith("_total", StringComparison.Ordinal) => (metric.Name[..^"_total".Length], "counter"),
        (MetricsFormat.OpenMetrics, MetricKind.Counter) => (metric.Name, "unknown"),
        (MetricsFormat.OpenMetrics, MetricKind.Info) when metric.Name.EndsWith("_info", StringComparison.Ordinal) => (metric.Name[..^"_info".Length], "info"),
        (_, MetricKind.Counter) => (metric.Name, "counter"),
        _ => (metric.Name, "gauge"),
    };

    private byte[][] HeadsOf(MetricDescription metric)
    {
        if (!heads.TryGetValue(metric, out var found))
            heads[metric] = found = [.. metric.Labels.Select(label => Encoding.UTF8.GetBytes($",{label}=\""))];
        return found;
    }

    private void Number(double value)
    {
        if (double.IsNaN(value))
            Raw(buffer, "NaN");
        else if (double.IsInfinity(value))
            Raw(buffer, value > 0 ? "+Inf" : "-Inf");
        else if (Utf8Formatter.TryFormat(value, buffer.GetSpan(32), out var written))
            buffer.Advance(written);
    }

    private static void Raw(ArrayBufferWriter<byte> to, string text) => to.Advance(Encoding.UTF8.GetBytes(text, to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    /// <summary>A backslash, a line end and, between quotes, a quote are escaped. Half of a surrogate pair becomes the replacement character.</summary>
    private static void Escaped(ArrayBufferWriter<byte> to, string text, bool quotes = true)
    {
        if (!text.AsSpan().ContainsAny('\\', '\n', '"'))
        {
            Raw(to, text);
            return;
        }

        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        Raw(to, quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped);
    }
}
