using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Alerts;

/// <summary>The sentences of alerts: filled in here, or written as a template of Prometheus.</summary>
public static partial class AlertText
{
    /// <summary>The sentence of one alert.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="labels">The labels of the alert.</param>
    /// <param name="value">Its value.</param>
    public static string Fill(AlertRule rule, LabelSet labels, double value) => Place().Replace(rule.Summary, match => match.Groups["name"].Value == "value" ? Number(rule.Unit, value) : labels[match.Groups["name"].Value] is { Length: > 0 } text ? text : "?");

    /// <summary>The sentence as Prometheus fills it in.</summary>
    /// <param name="rule">The rule.</param>
    public static string Template(AlertRule rule) => Place().Replace(rule.Summary, match => match.Groups["name"].Value == "value"
        ? rule.Unit switch
        {
            AlertUnit.Seconds => "{{ $value | humanizeDuration }}",
            AlertUnit.Bytes => "{{ $value | humanize1024 }}B",
            AlertUnit.Ratio => "{{ $value | humanizePercentage }}",
            _ => "{{ $value | humanize }}",
        }
        : $"{{{{ $labels.{match.Groups["name"].Value} }}}}");

    /// <summary>The labels that a sentence names.</summary>
    /// <param name="rule">The rule.</param>
    public static IEnumerable<string> Labels(AlertRule rule) => Place().Matches(rule.Summary).Select(match => match.Groups["name"].Value).Where(name => name != "value");

    /// <summary>A number with its unit as a person writes it.</summary>
    /// <param name="unit">What the number is.</param>
    /// <param name="value">The number.</param>
    public static string Number(AlertUnit unit, double value) => unit switch
    {
        _ when !double.IsFinite(value) => value.ToString(CultureInfo.InvariantCulture),
        AlertUnit.Seconds => value < 0 ? value.ToString("0.#", CultureInfo.InvariantCulture) + " s" : value < TimeSpan.MaxValue.TotalSeconds / 2 ? Durations.Words(TimeSpan.FromSeconds(value)) : "for ever",
        AlertUnit.Bytes => Bytes(value),
        AlertUnit.Ratio => (value * 100).ToString(value is < 0.01 and > 0 ? "0.###" : "0.#", CultureInfo.InvariantCulture) + " %",
        _ => Math.Abs(value) >= 1e6 ? value.ToString("#,0", CultureInfo.InvariantCulture) : value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    private static string Bytes(double value)
    {
        string[] units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
        var unit = 0;
        while (Math.Abs(value) >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString(unit == 0 ? "0" : "0.#", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    [GeneratedRegex(@"\{(?<name>[a-z_]+)\}", RegexOptions.None, 1000)]
    private static partial Regex Place();
}
