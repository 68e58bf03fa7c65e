using System.Globalization;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Comparing;

/// <summary>Reads values of parameters as PostgreSQL does (guc.c: parse_int, parse_real, parse_bool), so that <c>1GB</c>, <c>1024MB</c> and <c>131072</c> pages are the same.</summary>
internal static class ParameterValue
{
    /// <summary>Lists of which PostgreSQL keeps each item quoted (GUC_LIST_QUOTE; the same names stand in pg_dump, variable_is_guc_list_quote).</summary>
    private static readonly string[] QuotedLists = ["local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries", "temp_tablespaces", "unix_socket_directories"];

    /// <summary>Lists whose items are words.</summary>
    private static readonly string[] WordLists = ["listen_addresses", "log_destination", "synchronous_standby_names", "wal_consistency_checking", "datestyle", "createrole_self_grant", "restrict_nonsystem_relation_kind", "debug_io_direct", "log_connections"];

    private static readonly (string Unit, double Kilobytes)[] Memory = [("B", 1d / 1024), ("kB", 1), ("MB", 1024), ("GB", 1024 * 1024), ("TB", 1024d * 1024 * 1024)];

    private static readonly (string Unit, double Milliseconds)[] Time = [("us", 0.001), ("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>A value in one form for each meaning.</summary>
    /// <param name="parameter">The parameter; null for one that the server does not know, whose text is compared as it is.</param>
    /// <param name="text">The value as somebody wrote it.</param>
    /// <param name="canonical">The form; the text when it cannot be read.</param>
    /// <returns>Why the server would refuse it, or null.</returns>
    public static string? Read(LiveParameter? parameter, string text, out string canonical)
    {
        canonical = text;
        switch (parameter?.Type)
        {
            case "bool":
                if (Boolean(text.Trim()) is not { } on)
                    return $"'{text}' is neither on nor off";
                canonical = on ? "on" : "off";
                return null;
            case "enum":
                var word = parameter.Choices.FirstOrDefault(choice => string.Equals(choice, text.Trim(), StringComparison.OrdinalIgnoreCase));
                // Several enumerations take true and false for on and off without listing them.
                word ??= Boolean(text.Trim()) is { } meant && parameter.Choices.Contains(meant ? "on" : "off", StringComparer.Ordinal) ? meant ? "on" : "off" : null;
                if (word is null)
                    return $"'{text}' is not one of {string.Join(", ", parameter.Choices)}";
                canonical = word;
                return null;
            case "integer" or "real":
                return Number(parameter, text.Trim(), out canonical);
            case "string" or null:
                if (parameter is not null && IsList(parameter.Name))
                    canonical = string.Join(", ", Items(text));
                return null;
            default:
                return null;
        }
    }

    /// <summary>A value as people write it: <c>4GB</c> and not 524288.</summary>
    public static string Show(LiveParameter? parameter, string canonical)
    {
        if (parameter?.Unit is not { Length: > 0 } unit || !double.TryParse(canonical, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number <= 0)
            return canonical.Length == 0 ? "''" : canonical;
        var (scale, name) = Unit(unit);
        var units = IsMemory(name) ? Memory : Time;
        var total = number * scale * units.First(one => one.Unit == name).Item2;
        for (var i = units.Length - 1; i >= 0; i--)
        {
            var amount = total / units[i].Item2;
            if (amount >= 1 && Math.Abs(amount - Math.Round(amount)) < 1e-9)
                return amount.ToString("0", CultureInfo.InvariantCulture) + units[i].Unit;
        }

        return canonical + unit;
    }

    /// <summary>A value as it stands behind SET name TO.</summary>
    public static string Sql(string name, string text) =>
        QuotedLists.Contains(name.ToLowerInvariant(), StringComparer.Ordinal) && text.Length > 0
            ? string.Join(", ", Items(text).Select(Engines.PostgreSql.Connections.SqlText.Literal))
            : Engines.PostgreSql.Connections.SqlText.Literal(text);

    /// <summary>A name as it stands behind SET: that of a library's parameter has two parts, each quoted by itself.</summary>
    public static string SqlName(string name) => string.Join('.', name.Split('.').Select(Engines.PostgreSql.Connections.SqlText.Identifier));

    private static bool IsList(string name) => QuotedLists.Contains(name.ToLowerInvariant(), StringComparer.Ordinal) || WordLists.Contains(name.ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>The items of a list, without the quotes around them.</summary>
    public static IEnumerable<string> Items(string text)
    {
        var item = new System.Text.StringBuilder();
        var quoted = false;
        foreach (var c in text)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                if (item.ToString().Trim() is { Length: > 0 } one)
                    yield return one;
                item.Clear();
            }
            else
            {
                item.Append(c);
            }
        }

        if (item.ToString().Trim() is { Length: > 0 } last)
            yield return last;
    }

    private static string? Number(LiveParameter parameter, string text, out string canonical)
    {
        canonical = text;
        var digits = NumberLength(text);
        if (!double.TryParse(text.AsSpan(0, digits), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return $"'{text}' is not a number";
        var unit = text[digits..].Trim();
        if (unit.Length > 0)
        {
            if (parameter.Unit is not { Length: > 0 } own)
                return $"{parameter.Name} has no unit, and '{text}' has one";
            var (scale, name) = Unit(own);
            var units = IsMemory(name) ? Memory : Time;
            if (!units.Any(one => one.Unit == unit))
                return $"'{unit}' is not a unit of {parameter.Name}: it takes {string.Join(", ", units.Select(one => one.Unit))}";
            number = number * units.First(one => one.Unit == unit).Item2 / units.First(one => one.Unit == name).Item2 / scale;
        }

        if (parameter.Type == "integer")
            number = Math.Round(number, MidpointRounding.ToEven);
        if (Outside(parameter.Least, number, below: true) || Outside(parameter.Most, number, below: false))
            return $"{text} is outside of {Show(parameter, parameter.Least ?? "")} to {Show(parameter, parameter.Most ?? "")}";
        canonical = number.ToString("R", CultureInfo.InvariantCulture);
        return null;
    }

    /// <summary>How many characters at the start are a number: a sign, digits, a fraction, an exponent.</summary>
    private static int NumberLength(string text)
    {
        var at = text.Length > 0 && text[0] is ('-' or '+') ? 1 : 0;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            at++;
        if (at >= text.Length || text[at] is not ('e' or 'E'))
            return at;
        // An 'e' belongs to the number only with digits after it.
        var exponent = at + 1 < text.Length && text[at + 1] is ('-' or '+') ? at + 2 : at + 1;
        if (exponent >= text.Length || !char.IsAsciiDigit(text[exponent]))
            return at;
        while (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
            exponent++;
        return exponent;
    }

    private static bool Outside(string? limit, double number, bool below) =>
        double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out var edge) && (below ? number < edge : number > edge);

    private static bool IsMemory(string unit) => unit.EndsWith('B');

    /// <summary>A unit of pg_settings, such as <c>8kB</c>, as a factor and a unit.</summary>
    private static (double Scale, string Name) Unit(string unit)
    {
        var digits = unit.TakeWhile(char.IsAsciiDigit).Count();
        return (digits == 0 ? 1 : double.Parse(unit.AsSpan(0, digits), CultureInfo.InvariantCulture), unit[digits..]);
    }

    /// <summary>PostgreSQL takes every beginning of true, false, yes and no that says which (bool.c).</summary>
    private static bool? Boolean(string text) => text.ToLowerInvariant() switch
    {
        "on" or "1" or "t" or "tr" or "tru" or "true" or "y" or "ye" or "yes" => true,
        "off" or "of" or "0" or "f" or "fa" or "fal" or "fals" or "false" or "n" or "no" => false,
        _ => null,
    };
}
