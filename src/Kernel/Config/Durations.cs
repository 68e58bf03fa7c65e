using System.Globalization;

namespace Lockkeeper.Kernel.Config;

/// <summary>Time spans as people write them: a number and a unit (<c>ms s m h d</c>).</summary>
public static class Durations
{
    private static readonly (string Unit, double Milliseconds)[] Units =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>Reads a time span such as <c>500ms</c>, <c>1.5s</c> or <c>10m</c>; a bare number other than 0 has no meaning and is refused.</summary>
    /// <param name="text">The text.</param>
    /// <param name="span">The span.</param>
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        var trimmed = text.Trim();
        if (trimmed == "0")
            return true;
        foreach (var (unit, milliseconds) in Units)
        {
            if (!trimmed.EndsWith(unit, StringComparison.Ordinal))
                continue;
            if (!double.TryParse(trimmed.AsSpan(0, trimmed.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || !(number * milliseconds <= TimeSpan.FromDays(3650).TotalMilliseconds)) // also false for "NaN", which is parsed
                continue;
            span = TimeSpan.FromMilliseconds(number * milliseconds);
            return true;
        }

        return false;
    }

    /// <summary>Writes a span with the unit a person would choose: <c>12 ms</c>, <c>3.4 s</c>, <c>2 min 5 s</c>, <c>1 h 4 min</c>.</summary>
    /// <param name="span">The span.</param>
    public static string Words(TimeSpan span) => span.TotalMilliseconds switch
    {
        < 1 and > 0 => "<1 ms",
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
        < 3_600_000 => $"{(int)span.TotalMinutes} min {span.Seconds} s",
        _ => $"{(int)span.TotalHours} h {span.Minutes} min",
    };
}
