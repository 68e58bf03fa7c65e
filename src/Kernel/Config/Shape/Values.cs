using System.Globalization;
using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The shapes of single values that several keys share.</summary>
internal static class Values
{
    public static ScalarShape<string> Text { get; } = new(
        "text", "Write some text.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text;
            return string.IsNullOrWhiteSpace(value) ? new Mistake() : null;
        },
        """{ "type": "string", "pattern": "\\S" }""");

    /// <summary>Text that may be empty and that may look like a number or a boolean.</summary>
    public static ScalarShape<string> AnyText { get; } = new(
        "text", "Write a value; \"\" stands for empty text.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text;
            return null;
        },
        """{ "type": ["string", "number", "boolean"] }""");

    /// <summary>Text that may hold references to secrets, or be one by mistake: it is not shown in errors.</summary>
    public static ScalarShape<string> Secretive { get; } = new(
        "text", "Write some text; ${env:NAME}, ${file:PATH} and ${exec:COMMAND} stand for secrets.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text;
            return string.IsNullOrWhiteSpace(value) ? new Mistake() : null;
        },
        """{ "type": "string", "pattern": "\\S" }""")
    {
        IsSecret = true,
    };

    public static ScalarShape<string> Name { get; } = new(
        "a name", Names.Hint,
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text;
            return Names.IsName(value) ? null : new Mistake();
        },
        $$"""{ "type": "string", "pattern": "{{Names.Pattern}}" }""");

    public static ScalarShape<bool> Boolean { get; } = new(
        "true or false", "Write true or false, without quotes.",
        (YamlScalar scalar, string _, out bool value) =>
        {
            value = scalar.Text == "true";
            return scalar.IsPlain && scalar.Text is "true" or "false" ? null : new Mistake();
        },
        """{ "type": "boolean" }""");

    public static ScalarShape<int> Integer(int least, int most) => new(
        $"a whole number from {least} to {most}", "Write it in digits, without quotes or unit.",
        (YamlScalar scalar, string _, out int value) =>
            int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && scalar.IsPlain && value >= least && value <= most ? null : new Mistake(),
        $$"""{ "type": "integer", "minimum": {{least}}, "maximum": {{most}} }""");

    public static ScalarShape<double> Number(double least, double most) => new(
        string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), "Write it in digits, without quotes or unit, for example 1.5.",
        (YamlScalar scalar, string _, out double value) =>
            double.TryParse(scalar.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && scalar.IsPlain && value >= least && value <= most ? null : new Mistake(),
        string.Create(CultureInfo.InvariantCulture, $$"""{ "type": "number", "minimum": {{least}}, "maximum": {{most}} }"""));

    /// <param name="most">The longest one allowed, as a user would write it.</param>
    public static ScalarShape<TimeSpan> Duration(string most) => new(
        $"a duration of at most {most}", "Write a number with a unit: 500ms, 30s, 10m, 2h or 1d.",
        (YamlScalar scalar, string label, out TimeSpan value) =>
        {
            if (!Durations.TryParse(scalar.Text, out value) || !Durations.TryParse(most, out var limit) || value > limit)
                return new Mistake();
            // PostgreSQL reads a time limit of 0 as "no limit", the opposite of what is meant.
            return value > TimeSpan.Zero ? null : new Mistake($"{label} must be more than 0");
        },
        """{ "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$" }""");

    /// <summary>A time of the day; 24:00, the end of the day, only where <paramref name="orEnd"/>.</summary>
    public static ScalarShape<TimeSpan> TimeOfDay(bool orEnd) => new(
        orEnd ? "a time of the day from 00:00 to 24:00" : "a time of the day from 00:00 to 23:59", "Write hours and minutes in quotes, for example \"09:00\".",
        (YamlScalar scalar, string _, out TimeSpan value) =>
        {
            value = TimeSpan.FromDays(1);
            if (orEnd && scalar.Text == "24:00")
                return null;
            var right = TimeOnly.TryParseExact(scalar.Text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
            value = time.ToTimeSpan();
            return right ? null : new Mistake();
        },
        $$"""{ "type": "string", "pattern": "^(([01]?[0-9]|2[0-3]):[0-5][0-9]{{(orEnd ? "|24:00" : "")}})$" }""");

    /// <summary>One of a list of words.</summary>
    /// <param name="words">The words.</param>
    /// <param name="values">What each of them stands for.</param>
    public static ScalarShape<T> Choice<T>(IReadOnlyList<string> words, IReadOnlyList<T> values) => new(
        $"one of {string.Join(", ", words)}", "Write one of them.",
        (YamlScalar scalar, string _, out T value) =>
        {
            var found = -1;
            for (var i = 0; i < words.Count && found < 0; i++)
                found = words[i] == scalar.Text ? i : -1;
            value = found < 0 ? default! : values[found];
            return found >= 0 ? null : new Mistake(Hint: NearestName.Of(scalar.Text, words) is { } near ? $"Did you mean '{near}'?" : null);
        },
        $$"""{ "type": "string", "enum": ["{{string.Join("\", \"", words)}}"] }""");
}
