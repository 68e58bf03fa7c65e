using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Turns offsets of a text into lines and columns. Offsets must not go backwards, which keeps the whole work linear.</summary>
internal sealed class PlaceCounter(string text, string file, int firstLine, int firstColumn = 1)
{
    // A byte order mark is not a character of the first line.
    private int offset = text.StartsWith('\uFEFF') ? 1 : 0;
    private int line = firstLine;
    private int column = firstColumn;

    /// <summary>The line and the column, in characters, of an offset in UTF-16 units.</summary>
    public SourcePosition At(int target)
    {
        var passed = text.AsSpan(offset, target - offset);
        var lines = passed.Count('\n');
        if (lines > 0)
        {
            line += lines;
            column = 1;
            passed = passed[(passed.LastIndexOf('\n') + 1)..];
        }

        foreach (var c in passed)
        {
            // The second half of a surrogate pair is not a character of its own.
            if (!char.IsLowSurrogate(c))
                column++;
        }

        offset = target;
        return new SourcePosition(file, line, column);
    }
}
