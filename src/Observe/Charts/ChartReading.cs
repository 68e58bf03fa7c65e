using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Observe.Dashboards;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Charts;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Labels">The labels of its series.</param>
/// <param name="Values">A value for each moment; null where there is none.</param>
internal sealed record ChartLine(string Name, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<double?> Values);

/// <summary>Evaluates the panels of a dashboard over the past of one target.</summary>
internal static partial class ChartReading
{
    /// <summary>More cannot be told apart.</summary>
    private const int MostLines = 10;

    /// <summary>Which part of a target is looked at.</summary>
    /// <param name="Target">The target.</param>
    /// <param name="Database">One database of it; null for all.</param>
    /// <param name="Statement">One statement; null for all.</param>
    public sealed record Place(string Target, string? Database, string? Statement);

    /// <summary>The series that the panels need. The metrics of a target are kept together, so they are read together.</summary>
    public static SeriesSelector Selector(IEnumerable<Panel> panels, Place place)
    {
        var metrics = panels.SelectMany(panel => panel.Queries).SelectMany(query => Parse(query, place, 60_000).Selectors()).Select(one => one.Selector.Metric!).Distinct(StringComparer.Ordinal);
        return new SeriesSelector(null, [new LabelMatcher(LabelSet.MetricName, MatchKind.Matches, string.Join('|', metrics.Select(Regex.Escape))), new LabelMatcher("target", MatchKind.Equal, place.Target)]);
    }

    /// <summary>The lines of a panel, the largest first.</summary>
    public static IReadOnlyList<ChartLine> Lines(Panel panel, ISeriesSource source, Place place, ChartSpan span, long rateBack)
    {
        var found = new Dictionary<string, (LabelSet Labels, double?[] Values)>(StringComparer.Ordinal);
        var moments = span.Moments.ToArray();
        foreach (var query in panel.Queries)
        {
            var expression = Parse(query, place, rateBack);
            for (var i = 0; i < moments.Length; i++)
            {
                foreach (var sample in new PromQlEvaluator(source, moments[i]).Evaluate(expression))
                {
                    var name = Legend(query.Legend, sample.Labels);
                    if (!found.TryGetValue(name, out var line))
                        found[name] = line = (sample.Labels, new double?[moments.Length]);
                    if (double.IsFinite(sample.Value))
                        line.Values[i] = Rounded((line.Values[i] ?? 0) + sample.Value);
                }
            }
        }

        // Beside lines that say something, one that is zero all the time says nothing.
        var says = found.Any(one => one.Value.Values.Any(value => value is not (null or 0)));
        return [.. found.Where(one => one.Value.Values.Any(value => says ? value is not (null or 0) : value is not null)).OrderByDescending(one => one.Value.Values.Sum(value => value ?? 0)).Take(MostLines)
            .Select(one => new ChartLine(one.Key, one.Value.Labels.Pairs.Where(pair => pair.Key != LabelSet.MetricName).ToDictionary(StringComparer.Ordinal), one.Value.Values))];
    }

    private static PromQlExpression Parse(PanelQuery query, Place place, long rateBack)
    {
        var target = $"target=\"{Escaped(place.Target)}\"{(place.Statement is { } id ? $",queryid=\"{Escaped(id)}\"" : "")}";
        var database = place.Database is { } name ? $"datname=\"{Escaped(name)}\"" : "datname=~\".*\"";
        return PromQlExpression.Parse(query.Expression
            .Replace("target=\"$target\"", target, StringComparison.Ordinal).Replace("datname=~\"$datname\"", database, StringComparison.Ordinal)
            .Replace("$__rate_interval", $"{rateBack / 1000}s", StringComparison.Ordinal));
    }

    private static string Legend(string legend, LabelSet labels) => Hole().Replace(legend, match => labels[match.Groups["label"].Value]).Trim();

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>Six digits are more than a chart shows; all of them would make the answer several times as long.</summary>
    private static double Rounded(double value) => double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{\{(?<label>\w+)\}\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Hole();
}
