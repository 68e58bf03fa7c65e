using System.Text.RegularExpressions;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Values of columns in SQL: <c>value…</c> of data changes, <c>defaultValue…</c> of structural ones.</summary>
internal static partial class ColumnValue
{
    /// <summary>The default of a column; null without one.</summary>
    public static string? Default(ChangeFields column, ColumnType? type)
    {
        column.Pass("defaultValueConstraintName");
        if (column["defaultValue"] is { } text)
            return Text(text, type);
        if (column["defaultValueNumeric"] is { } number)
            return type?.Kind switch { ValueKind.Text => Literal(number), ValueKind.Boolean => number.Trim() == "0" ? "FALSE" : "TRUE", _ => number };
        if (column["defaultValueBoolean"] is { Length: > 0 })
            return type?.Kind == ValueKind.Text ? Literal(column.Flag("defaultValueBoolean") ? "true" : "false") : Boolean(column.Flag("defaultValueBoolean"));
        if (column["defaultValueDate"] is { } date)
            return Date(date);
        if (column["defaultValueComputed"] is { } computed)
            return Computed(computed);
        return column["defaultValueSequenceNext"] is { } sequence ? $"nextval({Literal(sequence)})" : null;
    }

    /// <summary>The value of a column of insert or update; null when it has none.</summary>
    public static string? Of(ChangeFields column)
    {
        if (column["valueNumeric"] is { } number)
            return number.Equals("NULL", StringComparison.OrdinalIgnoreCase) ? "NULL" : number;
        if (column["valueBoolean"] is { Length: > 0 })
            return Boolean(column.Flag("valueBoolean"));
        if (column["valueDate"] is { } date)
            return Date(date);
        if (column["valueComputed"] is { } computed)
            return Computed(computed);
        if (column["valueSequenceNext"] is { } next)
            return $"nextval({Literal(next)})";
        if (column["valueSequenceCurrent"] is { } current)
            return $"currval({Literal(current)})";
        return column.Body("value") is { } text ? text.Text.Equals("NULL", StringComparison.OrdinalIgnoreCase) ? "NULL" : Literal(text.Text) : null;
    }

    /// <summary>A text literal.</summary>
    public static string Literal(string text)
    {
        var quoted = text.Replace("'", "''", StringComparison.Ordinal);
        return text.Contains('\\', StringComparison.Ordinal) ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'" : $"'{quoted}'";
    }

    /// <summary>A date, a time or both as ISO 8601 writes them; anything else is an expression.</summary>
    public static string Date(string date) => IsoDate().IsMatch(date.Trim()) ? $"'{date.Trim().Replace('T', ' ')}'" : Computed(date);

    public static string Boolean(bool value) => value ? "TRUE" : "FALSE";

    /// <summary>Liquibase's own words for the current time are the server's NOW().</summary>
    private static string Computed(string expression) => expression.Trim().ToUpperInvariant() is "CURRENT_TIMESTAMP" or "CURRENT_DATETIME" or "NOW()" ? "NOW()" : expression;

    private static string Text(string text, ColumnType? type) =>
        text.Equals("NULL", StringComparison.OrdinalIgnoreCase) ? "NULL" : type?.Kind switch
        {
            ValueKind.Number when Number().IsMatch(text.Trim()) => text.Trim(),
            ValueKind.Boolean when text.Trim().ToLowerInvariant() is "true" or "1" or "t" or "yes" => "TRUE",
            ValueKind.Boolean when text.Trim().ToLowerInvariant() is "false" or "0" or "f" or "no" => "FALSE",
            ValueKind.Time when text.TrimEnd().EndsWith(')') => text,
            _ => Literal(text),
        };

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?|\d\d:\d\d(:\d\d(\.\d+)?)?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IsoDate();

    [GeneratedRegex(@"^[-+]?[0-9]*\.?[0-9]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
