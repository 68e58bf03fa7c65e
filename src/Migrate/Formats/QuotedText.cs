using System.Text.RegularExpressions;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Passes over strings, quoted names, dollar quotes and comments of PostgreSQL, for formats that look for something of their own between statements.</summary>
internal static partial class QuotedText
{
    /// <summary>The offset behind the quote or comment that starts here; the same offset when none does. What does not end goes to the end.</summary>
    public static int Skip(string text, int at) => text[at] switch
    {
        '\'' => AfterQuote(text, at, '\'', at > 0 && text[at - 1] is 'e' or 'E'),
        '"' => AfterQuote(text, at, '"', false),
        '-' when At(text, at, "--") => text.IndexOf('\n', at) is var end and >= 0 ? end : text.Length,
        '/' when At(text, at, "/*") => AfterComment(text, at),
        '$' when DollarTag().Match(text, at) is { Success: true } tag => text.IndexOf(tag.Value, at + tag.Length, StringComparison.Ordinal) is var end and >= 0 ? end + tag.Length : text.Length,
        _ => at,
    };

    /// <summary>Comments nest in PostgreSQL.</summary>
    public static int AfterComment(string text, int at)
    {
        var depth = 0;
        for (; at < text.Length - 1; at++)
        {
            if (At(text, at, "/*"))
                (depth, at) = (depth + 1, at + 1);
            else if (At(text, at, "*/") && --depth == 0)
                return at + 2;
            else if (At(text, at, "*/"))
                at++;
        }

        return text.Length;
    }

    /// <summary>Whether a token stands at an offset.</summary>
    public static bool At(string text, int at, string token) => string.CompareOrdinal(text, at, token, 0, token.Length) == 0;

    private static int AfterQuote(string text, int at, char quote, bool escapes)
    {
        for (at++; at < text.Length; at++)
        {
            if (escapes && text[at] == '\\')
                at++;
            else if (text[at] == quote)
                return at + 1;
        }

        return text.Length;
    }

    [GeneratedRegex(@"\G\$([A-Za-z_\u0080-\uFFFF][A-Za-z0-9_\u0080-\uFFFF]*)?\$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DollarTag();
}
