namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Steps over the parts of an SQL text as the server deparses it: strings, quoted names, dollar quotes and brackets.</summary>
internal static class ExpressionText
{
    /// <summary>The end of the token that starts at <paramref name="at"/>; a quoted token, a word or one character.</summary>
    public static int EndOfToken(string text, int at)
    {
        var c = text[at];
        if (c == '\'') return EndOfQuoted(text, at, '\'', escapes: IsEscapeString(text, at));
        if (c == '"') return EndOfQuoted(text, at, '"', escapes: false);
        if (c == '$' && EndOfDollarQuoted(text, at) is { } end) return end;
        if (!IsWord(c)) return at + 1;
        while (at < text.Length && IsWord(text[at])) at++;
        return at;
    }

    /// <summary>The index of the bracket that closes the one at <paramref name="open"/>, or -1.</summary>
    public static int Closing(string text, int open)
    {
        var depth = 0;
        for (var at = open; at < text.Length; at = EndOfToken(text, at))
        {
            if (text[at] is '(' or '[') depth++;
            else if (text[at] is ')' or ']' && --depth == 0) return at;
        }

        return -1;
    }

    public static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_' || c >= 0x80;

    private static int EndOfQuoted(string text, int at, char quote, bool escapes)
    {
        for (at++; at < text.Length; at++)
        {
            if (escapes && text[at] == '\\') at++;
            else if (text[at] == quote)
            {
                if (at + 1 < text.Length && text[at + 1] == quote) at++;
                else return at + 1;
            }
        }

        return text.Length;
    }

    // E'…': the server writes a string so when it has a backslash.
    private static bool IsEscapeString(string text, int quote) =>
        quote > 0 && text[quote - 1] is 'E' or 'e' && (quote == 1 || !IsWord(text[quote - 2]));

    private static int? EndOfDollarQuoted(string text, int at)
    {
        var tagEnd = at + 1;
        while (tagEnd < text.Length && IsWord(text[tagEnd])) tagEnd++;
        if (tagEnd >= text.Length || text[tagEnd] != '$' || char.IsAsciiDigit(text[at + 1])) return null;
        var tag = text.AsSpan(at, tagEnd + 1 - at);
        var close = text.AsSpan(tagEnd + 1).IndexOf(tag, StringComparison.Ordinal);
        return close < 0 ? text.Length : tagEnd + 1 + close + tag.Length;
    }
}
