using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>What a piece of SQL text is.</summary>
internal enum SegmentKind
{
    Code,
    LineComment,
    BlockComment,
    Quoted,
    DollarQuoted,
}

/// <summary>A piece of SQL text, from <paramref name="Start"/> to before <paramref name="End"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SqlSegment(SegmentKind Kind, int Start, int End);

/// <summary>Tells code from comments and quotes, so that a delimiter or a comment mark inside of quotes is left alone.</summary>
internal static partial class SqlSegments
{
    /// <summary>The segments in order; something that is not closed reaches to the end, and is named later when the script is split.</summary>
    public static IEnumerable<SqlSegment> Of(string text)
    {
        var code = 0;
        for (var at = 0; at < text.Length;)
        {
            var (kind, end) = SpecialAt(text, at);
            if (kind == SegmentKind.Code)
            {
                at++;
                continue;
            }

            if (at > code)
                yield return new SqlSegment(SegmentKind.Code, code, at);
            yield return new SqlSegment(kind, at, end);
            code = at = end;
        }

        if (text.Length > code)
            yield return new SqlSegment(SegmentKind.Code, code, text.Length);
    }

    /// <summary>The opening mark of a dollar quote, such as <c>$body$</c>, at a place; its length, or 0.</summary>
    public static int DollarTag(string text, int at)
    {
        var match = Tag().Match(text, at);
        return match.Success && match.Index == at ? match.Length : 0;
    }

    private static (SegmentKind Kind, int End) SpecialAt(string text, int at) => text[at] switch
    {
        '-' when Next(text, at) == '-' => (SegmentKind.LineComment, text.IndexOf('\n', at) is var end and >= 0 ? end : text.Length),
        '/' when Next(text, at) == '*' => (SegmentKind.BlockComment, EndOfBlock(text, at)),
        '"' => (SegmentKind.Quoted, EndOfQuote(text, at + 1, '"', escapes: false)),
        '\'' => (SegmentKind.Quoted, EndOfQuote(text, at + 1, '\'', escapes: IsEscapeString(text, at))),
        '$' when !IsIdentifier(text, at - 1) && DollarTag(text, at) is var length and > 0 =>
            (SegmentKind.DollarQuoted, text.IndexOf(text.Substring(at, length), at + length, StringComparison.Ordinal) is var end and >= 0 ? end + length : text.Length),
        _ => (SegmentKind.Code, at),
    };

    private static char Next(string text, int at) => at + 1 < text.Length ? text[at + 1] : '\0';

    private static bool IsEscapeString(string text, int at) => at > 0 && text[at - 1] is 'e' or 'E' && !IsIdentifier(text, at - 2);

    private static bool IsIdentifier(string text, int at) => at >= 0 && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$');

    private static int EndOfQuote(string text, int at, char quote, bool escapes)
    {
        for (; at < text.Length; at++)
        {
            if (escapes && text[at] == '\\')
                at++;
            else if (text[at] == quote)
                return at + 1;
        }

        return text.Length;
    }

    /// <summary>PostgreSQL's block comments nest.</summary>
    private static int EndOfBlock(string text, int at)
    {
        var depth = 0;
        for (; at + 1 < text.Length; at++)
        {
            if (text[at] == '/' && text[at + 1] == '*')
            {
                depth++;
                at++;
            }
            else if (text[at] == '*' && text[at + 1] == '/')
            {
                at++;
                if (--depth == 0)
                    return at + 1;
            }
        }

        return text.Length;
    }

    [GeneratedRegex(@"\G\$([\p{L}_][\p{L}\p{N}_]*)?\$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();
}
