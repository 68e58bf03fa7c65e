using System.Globalization;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>Checks the five fields of cron (crontab(5)): lists of numbers, names, ranges and steps.</summary>
internal static class CronText
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Whether cron would take the fields.</summary>
    public static bool IsValid(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5
            && IsField(fields[0], 0, 59, []) && IsField(fields[1], 0, 23, []) && IsField(fields[2], 1, 31, []) && IsField(fields[3], 1, 12, Months) && IsField(fields[4], 0, 7, Days);
    }

    private static bool IsField(string field, int least, int most, string[] names) => field.Split(',').All(item => IsItem(item, least, most, names));

    private static bool IsItem(string item, int least, int most, string[] names)
    {
        var slash = item.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && !(int.TryParse(item.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step > 0 && step <= most))
            return false;
        var range = slash < 0 ? item : item[..slash];
        if (range == "*")
            return true;
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        // A step needs something to step through.
        if (dash < 0)
            return slash < 0 && Value(range, least, most, names) >= 0;
        var (from, to) = (Value(range[..dash], least, most, names), Value(range[(dash + 1)..], least, most, names));
        return from >= 0 && to >= from;
    }

    private static int Value(string text, int least, int most, string[] names)
    {
        var name = Array.IndexOf(names, text.ToLowerInvariant());
        if (name >= 0)
            return name + least;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : -1;
    }
}
