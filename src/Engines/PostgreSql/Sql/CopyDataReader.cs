using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Reads the inline data of COPY … FROM stdin: the lines after the statement's own, up to <c>\.</c> or the end of the script.</summary>
internal sealed class CopyDataReader
{
    private readonly ScriptCursor cursor;
    private bool ended;
    private bool isLost;

    /// <param name="cursor">Stands behind the semicolon, with the rest of its line in the window.</param>
    public CopyDataReader(ScriptCursor cursor)
    {
        this.cursor = cursor;
        var lineEnd = cursor.Text.Span.IndexOf('\n');
        RefuseTextOnTheSameLine(lineEnd < 0 ? cursor.Text.Length : lineEnd);
        cursor.Pass(lineEnd < 0 ? cursor.Text.Length : lineEnd + 1);
    }

    /// <summary>The next lines, as many as there are in the window; null at the end.</summary>
    /// <exception cref="InvalidOperationException">The statement after it was read first.</exception>
    public ReadOnlyMemory<char>? Next() => isLost ? throw new InvalidOperationException("the data of this COPY was passed over: it must be read before the next statement") : Read();

    private ReadOnlyMemory<char>? Read()
    {
        while (!ended)
        {
            var (lines, behind) = FindLines();
            var chunk = cursor.Text[..lines];
            cursor.Pass(behind);
            if (!chunk.IsEmpty)
                return chunk;
            if (!ended)
                cursor.Grow();
        }

        return null;
    }

    /// <summary>Goes on behind what nobody has read, which is then gone.</summary>
    public void PassOver()
    {
        var lost = false;
        while (Read() is not null)
            lost = true;
        isLost = lost;
    }

    /// <summary>Where the data in the window ends, and where what comes after it begins.</summary>
    private (int Lines, int Behind) FindLines()
    {
        var text = cursor.Text.Span;
        var end = 0;
        while (true)
        {
            var next = text[end..].IndexOf('\n');
            if (next < 0 && !cursor.IsWhole)
                return (end, end);
            var behind = next < 0 ? text.Length : end + next + 1;
            var isMark = text[end..behind].TrimEnd("\r\n") is "\\.";
            ended = isMark || next < 0;
            if (ended)
                return (isMark ? end : behind, behind);
            end = behind;
        }
    }

    /// <summary>psql would run the rest of the line after the data. Whoever writes that is mistaken about one of the two.</summary>
    private void RefuseTextOnTheSameLine(int lineEnd)
    {
        var rest = new SqlScanner(cursor.Text.Span[..lineEnd], 0);
        if (rest.Next() is TokenKind.End)
            return;
        cursor.Pass(rest.Start);
        throw new LockkeeperException(
            SqlErrors.TextAfterCopy, "the line goes on after COPY … FROM stdin, whose data begins on the next line",
            "Put what follows on a line after the data and its closing '\\.'.", cursor.Here);
    }
}
