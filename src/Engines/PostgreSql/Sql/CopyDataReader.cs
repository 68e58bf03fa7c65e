using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Finds the inline data of COPY … FROM stdin: the lines after the statement's own, up to <c>\.</c> or the end of the script.</summary>
internal static class CopyDataReader
{
    /// <summary>The data; the scanner stands behind it afterwards.</summary>
    /// <param name="text">The script.</param>
    /// <param name="scanner">Stands behind the semicolon.</param>
    /// <param name="place">Counts lines.</param>
    public static ReadOnlyMemory<char> Read(string text, ref SqlScanner scanner, PlaceCounter place)
    {
        var lineEnd = text.IndexOf('\n', scanner.End);
        if (lineEnd < 0)
            lineEnd = text.Length;
        RefuseTextOnTheSameLine(text, scanner.End, lineEnd, place);
        var start = Math.Min(lineEnd + 1, text.Length);
        var end = start;
        while (end < text.Length)
        {
            var next = text.IndexOf('\n', end);
            var behind = next < 0 ? text.Length : next + 1;
            if (text.AsSpan(end, behind - end).TrimEnd("\r\n") is "\\.")
            {
                scanner.JumpTo(behind);
                return text.AsMemory(start, end - start);
            }

            end = behind;
        }

        scanner.JumpTo(end);
        return text.AsMemory(start, end - start);
    }

    /// <summary>psql would run the rest of the line after the data. Whoever writes that is mistaken about one of the two.</summary>
    private static void RefuseTextOnTheSameLine(string text, int from, int to, PlaceCounter place)
    {
        var rest = new SqlScanner(text.AsSpan(0, to), from);
        if (rest.Next() is TokenKind.End)
            return;
        throw new LockkeeperException(
            SqlErrors.TextAfterCopy, "the line goes on after COPY … FROM stdin, whose data begins on the next line",
            "Put what follows on a line after the data and its closing '\\.'.", place.At(rest.Start));
    }
}
