namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Finds places in a statement's text that the parse tree does not give: it says where a clause starts and never where it ends.</summary>
public static class StatementText
{
    /// <summary>The parts between the commas that stand outside of parentheses and brackets, without the blanks around them.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="from">Where the first part starts, in UTF-16 units.</param>
    public static IReadOnlyList<Range> Parts(string sql, int from)
    {
        var parts = new List<Range>();
        var scanner = new SqlScanner(sql, from);
        var (depth, start, end) = (0, -1, from);
        while (scanner.Next() is var kind and not TokenKind.End and < TokenKind.UnterminatedString)
        {
            var token = scanner.Token;
            if (depth == 0 && token is ",")
            {
                parts.Add(start..end);
                start = -1;
                continue;
            }

            depth += kind == TokenKind.OpenParenthesis || token is "[" ? 1 : kind == TokenKind.CloseParenthesis || token is "]" ? -1 : 0;
            start = start < 0 ? scanner.Start : start;
            end = scanner.End;
        }

        if (start >= 0)
            parts.Add(start..end);
        return parts;
    }

    /// <summary>Where a word stands outside of parentheses; -1 when it does not.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="word">The word, in any case.</param>
    /// <param name="from">Where to start, in UTF-16 units.</param>
    public static int IndexOfWord(string sql, string word, int from = 0)
    {
        var scanner = new SqlScanner(sql, from);
        var depth = 0;
        while (scanner.Next() is var kind and not TokenKind.End and < TokenKind.UnterminatedString)
        {
            if (depth == 0 && kind == TokenKind.Word && scanner.IsWord(word))
                return scanner.Start;
            depth += kind == TokenKind.OpenParenthesis ? 1 : kind == TokenKind.CloseParenthesis ? -1 : 0;
        }

        return -1;
    }

    /// <summary>Behind the name of a relation, its schema and a star that may follow it included.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="from">Where the name starts, in UTF-16 units.</param>
    public static int EndOfName(string sql, int from)
    {
        var scanner = new SqlScanner(sql, from);
        scanner.Next();
        var end = scanner.End;
        while (scanner.Next() != TokenKind.End)
        {
            if (scanner.Token is ".")
            {
                scanner.Next();
                end = scanner.End;
            }
            else
            {
                return scanner.Token is "*" ? scanner.End : end;
            }
        }

        return end;
    }

    /// <summary>Whether one of some words stands anywhere outside of quotes and comments.</summary>
    /// <param name="sql">A text of SQL or PL/pgSQL.</param>
    /// <param name="words">The words, in any case.</param>
    public static bool HasWord(string sql, params ReadOnlySpan<string> words)
    {
        var scanner = new SqlScanner(sql, 0);
        while (scanner.Next() is var kind and not TokenKind.End and < TokenKind.UnterminatedString)
        {
            if (kind != TokenKind.Word)
                continue;
            foreach (var word in words)
            {
                if (scanner.IsWord(word))
                    return true;
            }
        }

        return false;
    }
}
