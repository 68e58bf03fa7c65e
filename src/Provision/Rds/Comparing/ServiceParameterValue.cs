using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Comparing;

/// <summary>Values of parameters as the service keeps them: compared by their meaning, for the service gives back what it was sent and writes its own defaults another way.</summary>
internal static class ServiceParameterValue
{
    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;

    private static readonly Regex NumberAndUnit = new(@"^(?<number>-?[0-9]+(\.[0-9]+)?)\s*(?<unit>[A-Za-z]+)$", Plain);

    private static readonly Regex Range = new(@"^(?<least>-?[0-9.]+([eE][+-]?[0-9]+)?)-(?<most>-?[0-9.]+([eE][+-]?[0-9]+)?)$", Plain);

    private static readonly string[] Functions = ["GREATEST(", "LEAST(", "SUM(", "IF("];

    private static readonly string[] Yes = ["1", "on", "true", "yes"];

    private static readonly string[] No = ["0", "off", "false", "no"];

    /// <summary>A declared value as it is sent.</summary>
    public static string Sent(string name, string value, KnownParameter? known, bool isPostgreSql)
    {
        var text = value.Trim();
        if (IsFormula(text))
            return text;
        if (IsFlag(known) && Flag(text) is { } flag)
            return Words(known!) is [var first, ..] && first is "0" or "1" ? flag ? "1" : "0" : flag ? "on" : "off";
        var match = NumberAndUnit.Match(text);
        if (!match.Success || !double.TryParse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return text;
        // PostgreSQL rounds to its unit too.
        return ParameterUnits.Convert(name, number, match.Groups["unit"].Value, isPostgreSql) is { } converted ? Math.Round(converted).ToString("0", CultureInfo.InvariantCulture) : text;
    }

    /// <summary>Whether two values mean the same.</summary>
    public static bool IsSame(string one, string other, KnownParameter? known) => string.Equals(one, other, StringComparison.Ordinal) || Meaning(one, known) == Meaning(other, known);

    /// <summary>Why the service would not take a value; null when it would, or when it does not say.</summary>
    public static string? Refusal(string value, KnownParameter known)
    {
        if (known.Allowed is not { Length: > 0 } allowed || IsFormula(value))
            return null;
        if (Range.Match(allowed) is { Success: true } range)
        {
            if (!decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return $"'{value}' is no number from {range.Groups["least"].Value} to {range.Groups["most"].Value}";
            return decimal.TryParse(range.Groups["least"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var least) && decimal.TryParse(range.Groups["most"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var most) && (number < least || number > most)
                ? $"{value} is not from {range.Groups["least"].Value} to {range.Groups["most"].Value}" : null;
        }

        // A list takes several of the words.
        var words = Words(known);
        if (words.Count < 2 || (IsFlag(known) && Flag(value) is not null))
            return null;
        var wrong = (known.Type == "list" ? value.Split(',') : [value]).Select(word => word.Trim()).FirstOrDefault(word => !words.Contains(word, StringComparer.OrdinalIgnoreCase));
        return wrong is null ? null : $"'{wrong}' is none of {allowed}";
    }

    private static string Meaning(string value, KnownParameter? known)
    {
        var text = value.Trim();
        if (IsFormula(text))
            return string.Concat(text.Where(c => !char.IsWhiteSpace(c))).ToLowerInvariant();
        if ((known is null || IsFlag(known)) && Flag(text) is { } flag)
            return flag ? "1" : "0";
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number.ToString("0.#########", CultureInfo.InvariantCulture);
        return string.Join(',', text.Split(',').Select(item => item.Trim())) is var list && known?.Allowed is { Length: > 0 } ? list.ToLowerInvariant() : list;
    }

    private static bool IsFormula(string text) => text.Contains('{', StringComparison.Ordinal) || Array.Exists(Functions, function => text.StartsWith(function, StringComparison.OrdinalIgnoreCase));

    private static bool IsFlag(KnownParameter? known) => known is not null && (known.Type == "boolean" || (Words(known) is { Count: 2 } words && words.All(word => Flag(word) is not null)));

    private static bool? Flag(string text) => Yes.Contains(text, StringComparer.OrdinalIgnoreCase) ? true : No.Contains(text, StringComparer.OrdinalIgnoreCase) ? false : null;

    private static IReadOnlyList<string> Words(KnownParameter known) => known.Allowed?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
