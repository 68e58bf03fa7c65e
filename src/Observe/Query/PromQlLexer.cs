using System.Globalization;
using System.Text;

namespace Lockkeeper.Observe.Query;

/// <summary>What a piece of an expression is.</summary>
internal enum TokenKind
{
    /// <summary>A name or keyword.</summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A time span such as <c>5m</c> or <c>1h30m</c>.</summary>
    Duration,

    /// <summary>A text in quotes.</summary>
    Text,

    /// <summary>An operator or bracket.</summary>
    Symbol,

    /// <summary>The end.</summary>
    End,
}

/// <summary>A piece of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a text, its content.</param>
/// <param name="At">Where it begins, from 0.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int At);

/// <summary>Cuts an expression into pieces. Syntax: https://prometheus.io/docs/prometheus/latest/querying/basics/.</summary>
internal static class PromQlLexer
{
    private static readonly string[] Symbols = ["==", "!=", "=~", "!~", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "^", "(", ")", "{", "}", "[", "]", ",", "@", ":"];

    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000), ("y", 31_536_000_000)];

    public static IReadOnlyList<Token> Read(string text)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (true)
        {
            at = SkipSpace(text, at);
            if (at >= text.Length)
                break;
            var token = Next(text, ref at);
            tokens.Add(token);
        }

        tokens.Add(new Token(TokenKind.End, "the end", text.Length));
        return tokens;
    }

    /// <summary>Milliseconds of a span such as <c>5m</c>, <c>1h30m</c>.</summary>
    public static long Milliseconds(string span)
    {
        double sum = 0;
        var at = 0;
        while (at < span.Length)
        {
            var begin = at;
            while (at < span.Length && char.IsAsciiDigit(span[at]))
                at++;
            var number = double.Parse(span.AsSpan(begin, at - begin), CultureInfo.InvariantCulture);
            var unit = span[at..].StartsWith("ms", StringComparison.Ordinal) ? "ms" : span[at..(at + 1)];
            sum += number * Units.First(one => one.Unit == unit).Milliseconds;
            at += unit.Length;
        }

        return (long)sum;
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] == '#'))
        {
            if (text[at] == '#')
                at = text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;
            else
                at++;
        }

        return at;
    }

    private static Token Next(string text, ref int at)
    {
        var begin = at;
        var c = text[at];
        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
            return NumberOrDuration(text, ref at);
        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or ':'))
                at++;
            return new Token(TokenKind.Name, text[begin..at], begin);
        }

        if (c is '"' or '\'' or '`')
            return Quoted(text, ref at);
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) != 0)
                continue;
            at += symbol.Length;
            return new Token(TokenKind.Symbol, symbol, begin);
        }

        throw new PromQlException($"the character '{c}' has no meaning here", begin);
    }

    private static Token NumberOrDuration(string text, ref int at)
    {
        var begin = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        if (at < text.Length && IsUnit(text, at))
        {
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || IsUnit(text, at)))
                at++;
            if (char.IsAsciiDigit(text[at - 1]) || (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_')))
                throw new PromQlException("this is no time span", begin);
            return new Token(TokenKind.Duration, text[begin..at], begin);
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            if (at < text.Length && text[at] is '+' or '-')
                at++;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
        }

        if (!double.TryParse(text.AsSpan(begin, at - begin), NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            throw new PromQlException("this is no number", begin);
        return new Token(TokenKind.Number, text[begin..at], begin);
    }

    private static bool IsUnit(string text, int at) => text[at] is 's' or 'm' or 'h' or 'd' or 'w' or 'y';

    private static Token Quoted(string text, ref int at)
    {
        var (begin, quote) = (at, text[at]);
        var content = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                at++;
                return new Token(TokenKind.Text, content.ToString(), begin);
            }

            if (text[at] == '\\' && quote != '`' && at + 1 < text.Length)
            {
                at++;
                content.Append(text[at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '\\' or '"' or '\'' => text[at], _ => throw new PromQlException($"'\\{text[at]}' has no meaning in a text", at - 1) });
                continue;
            }

            content.Append(text[at]);
        }

        throw new PromQlException("the text that begins here has no end", begin);
    }
}
