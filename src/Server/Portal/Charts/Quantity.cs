using System.Globalization;

namespace Lockkeeper.Server.Portal.Charts;

/// <summary>Numbers with their units, short enough for an axis. The script of the pages writes them in the same way.</summary>
internal static class Quantity
{
    private static readonly string[] thousands = ["", "k", "M", "G", "T"];
    private static readonly string[] bytes = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>A number in a unit of <c>lk observe history</c>.</summary>
    public static string Words(double? value, string unit) => value is not { } number ? "–" : unit switch
    {
        "bytes" => Scaled(number, 1024, bytes, " "),
        "bytes_per_second" => Scaled(number, 1024, bytes, " ") + "/s",
        "seconds" => Seconds(number),
        "ratio" => Short(number * 100) + " %",
        "per_second" => Scaled(number, 1000, thousands, "") + "/s",
        _ => Scaled(number, 1000, thousands, ""),
    };

    private static string Seconds(double seconds) => Math.Abs(seconds) switch
    {
        0 => "0 s", < 0.001 => Short(seconds * 1e6) + " µs", < 1 => Short(seconds * 1000) + " ms", < 120 => Short(seconds) + " s", < 7200 => Short(seconds / 60) + " min", < 172_800 => Short(seconds / 3600) + " h", _ => Short(seconds / 86_400) + " d",
    };

    private static string Scaled(double number, double factor, string[] names, string space)
    {
        var at = 0;
        while (Math.Abs(number) >= factor && at + 1 < names.Length)
        {
            number /= factor;
            at++;
        }

        return names[at].Length == 0 ? Short(number) : $"{Short(number)}{space}{names[at]}";
    }

    /// <summary>Three digits that count.</summary>
    private static string Short(double number) => Math.Abs(number) switch
    {
        0 => "0", >= 100 => number.ToString("0", CultureInfo.InvariantCulture), >= 10 => number.ToString("0.#", CultureInfo.InvariantCulture), _ => number.ToString("0.##", CultureInfo.InvariantCulture) is "0" or "-0" ? number.ToString("0.#####", CultureInfo.InvariantCulture) : number.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
