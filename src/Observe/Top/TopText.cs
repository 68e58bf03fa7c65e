using System.Globalization;

namespace Lockkeeper.Observe.Top;

/// <summary>Values in few characters.</summary>
internal static class TopText
{
    /// <summary>A time: <c>350 ms</c>, <c>12 s</c>, <c>4:05</c>, <c>2:04:05</c>, <c>3d 04h</c>; empty for none.</summary>
    public static string Age(double? seconds) => seconds switch
    {
        null => "",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, seconds.Value) * 1000:0} ms"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds.Value):0} s"),
        < 3600 => Clock(seconds.Value, @"m\:ss"),
        < 86_400 => Clock(seconds.Value, @"h\:mm\:ss"),
        _ => Clock(seconds.Value, @"d\d\ hh\h"),
    };

    /// <summary>Bytes: <c>1.5 GB</c>; empty for none.</summary>
    public static string Bytes(double? bytes)
    {
        if (bytes is not { } value)
            return "";
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var unit = 0;
        for (; Math.Abs(value) >= 1024 && unit < units.Length - 1; unit++)
            value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Three digits that count.</summary>
    public static string Decimal(double value) => value.ToString(Math.Abs(value) switch { 0 => "0", < 1 => "0.000", < 10 => "0.00", < 100 => "0.0", _ => "0" }, CultureInfo.InvariantCulture);

    /// <summary>A text on one line.</summary>
    public static string Line(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Clock(double seconds, string format) => TimeSpan.FromSeconds(Math.Floor(seconds)).ToString(format, CultureInfo.InvariantCulture);
}
