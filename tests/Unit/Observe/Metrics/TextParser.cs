using System.Globalization;
using System.Text;

namespace Lockkeeper.Tests.Unit.Observe.Metrics;

/// <summary>A line of a text format, read back by the rules of its specification and not by those of the writer.</summary>
internal sealed record ParsedSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>Reads Prometheus' text format and OpenMetrics strictly.</summary>
internal sealed class TextParser
{
    private TextParser()
    {
    }

    public List<ParsedSample> Samples { get; } = [];

    public Dictionary<string, string> Types { get; } = [];

    public Dictionary<string, string> Help { get; } = [];

    public static TextParser Read(string text, bool openMetrics)
    {
        var parser = new TextParser();
        var lines = text.Split('\n');
        if (lines[^1].Length != 0)
            throw new FormatException("the last line has no end");
        if (openMetrics && lines[^2] != "# EOF")
            throw new FormatException("there is no # EOF");
        var closed = new HashSet<string>();
        var current = "";
        foreach (var line in openMetrics ? lines[..^2] : lines[..^1])
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                var parts = line.Split(' ', 4);
                if (parts[2] != current)
                {
                    closed.Add(current);
                    current = parts[2];
                    if (closed.Contains(current))
                        throw new FormatException($"{current} stands in two places");
                }

                if (parts[1] == "TYPE" && !parser.Types.TryAdd(parts[2], parts[3]))
                    throw new FormatException($"two types: {line}");
                if (parts[1] == "HELP")
                    parser.Help[parts[2]] = parts[3];
                continue;
            }

            var sample = Sample(line);
            if (sample.Name != current && sample.Name != current + "_total" && sample.Name != current + "_info")
                throw new FormatException($"{sample.Name} stands under {current}");
            parser.Samples.Add(sample);
        }

        return parser;
    }

    private static ParsedSample Sample(string line)
    {
        var at = 0;
        while (at < line.Length && (char.IsAsciiLetterOrDigit(line[at]) || line[at] is '_' or ':'))
            at++;
        var (name, labels) = (line[..at], new Dictionary<string, string>());
        if (line[at] == '{')
        {
            at++;
            while (line[at] != '}')
            {
                var equals = line.IndexOf('=', at);
                var label = line[at..equals];
                if (label.Length == 0 || !label.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || line[equals + 1] != '"')
                    throw new FormatException(line);
                at = equals + 2;
                var value = new StringBuilder();
                for (; line[at] != '"'; at++)
                {
                    if (line[at] != '\\')
                        value.Append(line[at]);
                    else
                        value.Append(line[++at] switch { 'n' => '\n', '\\' => '\\', '"' => '"', _ => throw new FormatException(line) });
                }

                if (!labels.TryAdd(label, value.ToString()))
                    throw new FormatException($"two labels {label}: {line}");
                at++;
                if (line[at] == ',')
                    at++;
            }

            at++;
        }

        if (line[at] != ' ')
            throw new FormatException(line);
        return new ParsedSample(name, labels, Number(line[(at + 1)..]));
    }

    private static double Number(string text) => text switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
