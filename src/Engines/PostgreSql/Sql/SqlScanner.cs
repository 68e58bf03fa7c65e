using System.Buffers;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>The tokens that matter for finding the end of a statement.</summary>
internal enum TokenKind
{
    End,

    /// <summary>A keyword or an identifier without quotes.</summary>
    Word,
    Semicolon,
    OpenParenthesis,
    CloseParenthesis,

    /// <summary>A backslash outside of quotes: psql takes it as the start of a meta-command.</summary>
    Backslash,

    /// <summary>Constants, quoted identifiers, operators, punctuation.</summary>
    Other,
    UnterminatedString,
    UnterminatedIdentifier,
    UnterminatedDollarQuote,
    UnterminatedComment,
}

/// <summary>Reads tokens by the lexical rules that PostgreSQL's server (src/backend/parser/scan.l) and psql
/// (src/fe_utils/psqlscan.l) share, with standard_conforming_strings on. Linear in the text's length.</summary>
/// <remarks>One deliberate difference to psql, which scans line by line: an E'…' string that is continued on a further line stays an
/// E string, as the server reads it.</remarks>
internal ref struct SqlScanner(ReadOnlySpan<char> text, int start)
{
    private static readonly SearchValues<char> QuoteOrBackslash = SearchValues.Create("'\\");
    private static readonly SearchValues<char> CommentMark = SearchValues.Create("*/");
    private static readonly SearchValues<char> LineEnd = SearchValues.Create("\r\n");

    private readonly ReadOnlySpan<char> text = text;

    /// <summary>Where the token begins; for an unterminated one, its opening mark.</summary>
    public int Start { get; private set; } = start;

    /// <summary>Behind the token's last character.</summary>
    public int End { get; private set; } = start;

    /// <summary>The token's characters.</summary>
    public readonly ReadOnlySpan<char> Token => text[Start..End];

    /// <summary>Goes on at another place.</summary>
    public void JumpTo(int position) => End = position;

    /// <summary>Whether the token is a word, in any case.</summary>
    public readonly bool IsWord(string word) => Token.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the next token; white space and comments are passed over.</summary>
    public TokenKind Next()
    {
        if (!SkipBlanks())
            return TokenKind.UnterminatedComment;
        if (Start >= text.Length)
            return TokenKind.End;
        var c = text[Start];
        if (IsIdentifierStart(c))
            return WordOrPrefixedQuote(c);
        switch (c)
        {
            case ';': return One(TokenKind.Semicolon);
            case '(': return One(TokenKind.OpenParenthesis);
            case ')': return One(TokenKind.CloseParenthesis);
            case '\\': return One(TokenKind.Backslash);
            case '\'': return PlainString(Start + 1);
            case '"': return QuotedIdentifier(Start + 1);
            case '$': return DollarOrParameter();
            case >= '0' and <= '9': return Number();
            default: return One(TokenKind.Other);
        }
    }

    private TokenKind One(TokenKind kind)
    {
        End = Start + 1;
        return kind;
    }

    /// <summary>Moves <see cref="Start"/> to the next token; false when a block comment has no end, with Start at its opening.</summary>
    private bool SkipBlanks()
    {
        var i = End;
        while (i < text.Length)
        {
            var c = text[i];
            if (IsSpace(c))
            {
                i++;
            }
            else if (c == '-' && i + 1 < text.Length && text[i + 1] == '-')
            {
                i = EndOfLineComment(i);
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '*')
            {
                var end = EndOfBlockComment(i);
                if (end < 0)
                {
                    (Start, End) = (i, text.Length);
                    return false;
                }

                i = end;
            }
            else
            {
                break;
            }
        }

        Start = End = i;
        return true;
    }

    private readonly int EndOfLineComment(int i)
    {
        var length = text[i..].IndexOfAny(LineEnd);
        return length < 0 ? text.Length : i + length;
    }

    /// <summary>Block comments nest. Returns -1 when there is no end.</summary>
    private readonly int EndOfBlockComment(int i)
    {
        var depth = 1;
        i += 2;
        while (true)
        {
            var next = i < text.Length ? text[i..].IndexOfAny(CommentMark) : -1;
            if (next < 0 || i + next + 1 >= text.Length)
                return -1;
            i += next;
            if (text[i] == '*' && text[i + 1] == '/')
            {
                i += 2;
                if (--depth == 0)
                    return i;
            }
            else if (text[i] == '/' && text[i + 1] == '*')
            {
                i += 2;
                depth++;
            }
            else
            {
                i++;
            }
        }
    }

    private TokenKind WordOrPrefixedQuote(char c)
    {
        var next = Start + 1 < text.Length ? text[Start + 1] : '\0';
        if (next == '\'')
        {
            switch (c)
            {
                case 'e' or 'E':
                    return EscapeString(Start + 2);
                case 'b' or 'B' or 'x' or 'X' or 'n' or 'N':
                    return PlainString(Start + 2);
            }
        }
        else if (next == '&' && c is 'u' or 'U' && Start + 2 < text.Length)
        {
            if (text[Start + 2] == '\'')
                return PlainString(Start + 3);
            if (text[Start + 2] == '"')
                return QuotedIdentifier(Start + 3);
        }

        var i = Start + 1;
        while (i < text.Length && IsIdentifierPart(text[i]))
            i++;
        End = i;
        return TokenKind.Word;
    }

    /// <summary>A constant without backslash escapes; <c>''</c> stands for a quote, and reads the same as two constants side by side.</summary>
    private TokenKind PlainString(int i)
    {
        var length = text[i..].IndexOf('\'');
        End = length < 0 ? text.Length : i + length + 1;
        return length < 0 ? TokenKind.UnterminatedString : TokenKind.Other;
    }

    private TokenKind EscapeString(int i)
    {
        while (true)
        {
            var length = i < text.Length ? text[i..].IndexOfAny(QuoteOrBackslash) : -1;
            if (length < 0)
            {
                End = text.Length;
                return TokenKind.UnterminatedString;
            }

            i += length;
            if (text[i] == '\\' || (i + 1 < text.Length && text[i + 1] == '\''))
            {
                i += 2;
                continue;
            }

            var continued = ContinuationAfter(i + 1);
            if (continued < 0)
            {
                End = i + 1;
                return TokenKind.Other;
            }

            i = continued;
        }
    }

    /// <summary>The place behind the quote that continues a string after blanks with a line end in them; -1 when none does.</summary>
    private readonly int ContinuationAfter(int i)
    {
        var sawLineEnd = false;
        while (i < text.Length)
        {
            if (text[i] is '\n' or '\r')
                sawLineEnd = true;
            else if (text[i] == '\'')
                return sawLineEnd ? i + 1 : -1;
            else if (text[i] == '-' && i + 1 < text.Length && text[i + 1] == '-')
                i = EndOfLineComment(i) - 1;
            else if (!IsSpace(text[i]))
                return -1;
            i++;
        }

        return -1;
    }

    private TokenKind QuotedIdentifier(int i)
    {
        var length = text[i..].IndexOf('"');
        End = length < 0 ? text.Length : i + length + 1;
        return length < 0 ? TokenKind.UnterminatedIdentifier : TokenKind.Other;
    }

    /// <summary><c>$tag$ … $tag$</c>, a parameter <c>$1</c>, or a lone dollar sign.</summary>
    private TokenKind DollarOrParameter()
    {
        var i = Start + 1;
        if (i < text.Length && char.IsAsciiDigit(text[i]))
            return Number();
        if (i < text.Length && IsIdentifierStart(text[i]))
        {
            while (i < text.Length && text[i] != '$' && IsIdentifierPart(text[i]))
                i++;
        }

        if (i >= text.Length || text[i] != '$')
            return One(TokenKind.Other);
        var body = i + 1;
        var length = text[body..].IndexOf(text[Start..body]);
        End = length < 0 ? text.Length : body + length + (body - Start);
        return length < 0 ? TokenKind.UnterminatedDollarQuote : TokenKind.Other;
    }

    /// <summary>Digits with at most one letter behind them: the letter cannot open an E'…' string and is not a word of its own.</summary>
    private TokenKind Number()
    {
        var i = Start + 1;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
            i++;
        if (i < text.Length && IsIdentifierStart(text[i]))
            i++;
        End = i;
        return TokenKind.Other;
    }

    private static bool IsSpace(char c) => c is ' ' or '\n' or '\r' or '\t' or '\f' or '\v';

    private static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= '\u0080';

    private static bool IsIdentifierPart(char c) => IsIdentifierStart(c) || char.IsAsciiDigit(c) || c == '$';
}
