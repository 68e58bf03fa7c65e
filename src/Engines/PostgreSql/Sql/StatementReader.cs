namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Reads one statement of a script after the other.</summary>
/// <param name="cursor">The script.</param>
internal sealed class StatementReader(ScriptCursor cursor)
{
    /// <summary>Characters that an error shows of a command of psql, at most.</summary>
    private const int LongestShown = 64;

    private CopyDataReader? openData;

    /// <summary>What stands before the statement, when the window has gone on behind it.</summary>
    private ReadOnlyMemory<char> passed;

    /// <summary>The next statement; null at the end.</summary>
    public SqlStatement? Next()
    {
        openData?.PassOver();
        (openData, passed) = (null, default);
        SqlStatement? statement;
        while (!TryRead(out statement))
            cursor.Grow();
        return statement;
    }

    /// <summary>False when the window ends before the statement does.</summary>
    /// <remarks>A semicolon that is found is one whatever comes after it: no token looks further ahead than to the next one, and what the
    /// window has cut in two stands at its end.</remarks>
    private bool TryRead(out SqlStatement? statement)
    {
        statement = null;
        var text = cursor.Text.Span;
        var scanner = new SqlScanner(text, 0);
        var extent = new StatementExtent();
        var before = 0;
        while (true)
        {
            var kind = scanner.Next();
            var isProblem = kind is TokenKind.Backslash or >= TokenKind.UnterminatedString;
            if (!cursor.IsWhole && (kind is TokenKind.End or >= TokenKind.UnterminatedString || (kind is TokenKind.Backslash && text.Length - scanner.Start < LongestShown)))
            {
                // A copy: the window would keep all of the script in memory that was read into it.
                if (!extent.IsEmpty && extent.Start > before)
                    passed = cursor.Text[before..extent.Start].ToArray();
                cursor.Pass(extent.IsEmpty ? before : extent.Start);
                return false;
            }

            if (isProblem)
            {
                cursor.Pass(scanner.Start);
                throw ScriptProblem.Describe(kind, cursor);
            }

            if (kind is TokenKind.Semicolon && extent.IsEmpty)
            {
                before = scanner.End;
                continue;
            }

            if (kind is TokenKind.End || (kind is TokenKind.Semicolon && extent.EndsAtSemicolon))
                return TryTake(extent, scanner.End, before, hasData: kind is TokenKind.Semicolon && extent.TakesInlineData, out statement);
            extent.Take(kind, scanner);
        }
    }

    private bool TryTake(in StatementExtent extent, int end, int before, bool hasData, out SqlStatement? statement)
    {
        statement = null;
        if (hasData && !cursor.IsWhole && !cursor.Text.Span[end..].Contains('\n'))
            return false;
        if (!extent.IsEmpty)
        {
            var lead = extent.Start > before ? cursor.Text[before..extent.Start] : passed;
            cursor.Pass(extent.Start);
            cursor.RequireFits(extent.End - extent.Start);
            statement = new SqlStatement(cursor.Text[..(extent.End - extent.Start)], cursor.Offset, cursor.Here) { Lead = lead, CopyData = extent.TakesInlineData ? InlineData.None : null };
            cursor.Pass(end - extent.Start);
        }
        else
        {
            cursor.Pass(end);
        }

        if (hasData)
        {
            var data = new CopyDataReader(cursor);
            statement = statement! with { CopyData = InlineData.Of(data, cursor.IsWhole) };
            openData = data;
        }

        return true;
    }
}
