using System.Text.RegularExpressions;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>Writes a semicolon where a changeset's own delimiter ends a statement; every character keeps its place.</summary>
/// <remarks>
/// The driver under Liquibase splits once more at semicolons, so a statement never spans one either way. Without an endDelimiter Liquibase also
/// ends a statement at a line that holds only GO or a slash. A delimiter of several characters is a regular expression there.
/// </remarks>
internal static partial class EndDelimiters
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The text with semicolons.</summary>
    /// <param name="text">The SQL.</param>
    /// <param name="delimiter">The endDelimiter; null for the usual ones.</param>
    public static string Replace(string text, string? delimiter)
    {
        if (delimiter is ";" or "")
            return text;
        var pattern = delimiter is null ? GoOrSlash() : Pattern(delimiter);
        if (!pattern.IsMatch(text))
            return text;
        var (masked, result) = (Masked(text), text.ToCharArray());
        foreach (Match match in pattern.Matches(masked))
        {
            if (match.Value.Trim().Length == 0 || IsInsideWord(masked, match))
                continue;
            var ended = false;
            for (var i = match.Index; i < match.Index + match.Length; i++)
            {
                if (char.IsWhiteSpace(result[i]))
                    continue;
                result[i] = ended ? ' ' : ';';
                ended = true;
            }
        }

        return new string(result);
    }

    private static Regex Pattern(string delimiter)
    {
        var literal = delimiter.Length == 1 ? Regex.Escape(delimiter) : delimiter;
        try
        {
            return new Regex(literal, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Multiline, Limit);
        }
        catch (ArgumentException)
        {
            return new Regex(Regex.Escape(delimiter), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Limit);
        }
    }

    /// <summary>The text with comments and quotes blackened.</summary>
    private static string Masked(string text)
    {
        var masked = text.ToCharArray();
        foreach (var segment in SqlSegments.Of(text))
        {
            if (segment.Kind != SegmentKind.Code)
                Array.Fill(masked, '\u0001', segment.Start, segment.End - segment.Start);
        }

        return new string(masked);
    }

    /// <summary>GO ends a statement, GOOD does not.</summary>
    private static bool IsInsideWord(string text, Match match)
    {
        var (first, last) = (match.Index + match.Value.Length - match.Value.TrimStart().Length, match.Index + match.Value.TrimEnd().Length - 1);
        return (IsWord(text, first) && IsWord(text, first - 1)) || (IsWord(text, last) && IsWord(text, last + 1));
    }

    private static bool IsWord(string text, int at) => at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_');

    [GeneratedRegex(@"^[ \t]*(GO|/)[ \t]*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex GoOrSlash();
}
