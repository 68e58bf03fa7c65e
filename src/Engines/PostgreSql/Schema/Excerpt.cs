namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Cuts long or many-lined values down to what fits into a sentence.</summary>
internal static class Excerpt
{
    private const int Longest = 100;
    private const int BeforeTheDifference = 20;

    /// <summary>The value, or its beginning, in one line.</summary>
    public static string Of(string value) => Cut(OneLine(value), 0);

    /// <summary><c>from … to …</c>; of long texts, the first place that differs.</summary>
    public static string OfBoth(string expected, string actual)
    {
        if (expected.Contains('\n') || actual.Contains('\n')) return OfLines(expected.Split('\n'), actual.Split('\n'));
        var start = expected.Length <= Longest && actual.Length <= Longest ? 0 : Math.Max(0, FirstDifference(expected, actual) - BeforeTheDifference);
        return $"from {Cut(expected, start)} to {Cut(actual, start)}";
    }

    private static string OfLines(string[] expected, string[] actual)
    {
        var line = 0;
        while (line < expected.Length && line < actual.Length && expected[line] == actual[line]) line++;
        var (from, to) = (line < expected.Length ? expected[line].Trim() : "", line < actual.Length ? actual[line].Trim() : "");
        var start = from.Length <= Longest && to.Length <= Longest ? 0 : Math.Max(0, FirstDifference(from, to) - BeforeTheDifference);
        return (from, to) switch
        {
            ("", "") => $"in white space at line {line + 1}",
            ("", _) => $"at line {line + 1}, which is now: {Cut(to, start)}",
            (_, "") => $"at line {line + 1}, which was: {Cut(from, start)}",
            _ when from == to => $"in white space at line {line + 1}",
            _ => $"at line {line + 1} from {Cut(from, start)} to {Cut(to, start)}",
        };
    }

    private static string OneLine(string value) => string.Join(' ', value.Split('\n', '\r').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static int FirstDifference(string left, string right)
    {
        var at = 0;
        while (at < left.Length && at < right.Length && left[at] == right[at]) at++;
        return at;
    }

    private static string Cut(string text, int start)
    {
        start = Math.Min(start, text.Length);
        var before = start > 0 ? "…" : "";
        return text.Length - start <= Longest ? before + text[start..] : before + text[start..(start + Longest)] + "…";
    }
}
