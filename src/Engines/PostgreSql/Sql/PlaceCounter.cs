using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>Counts lines and columns while a script goes by.</summary>
/// <param name="file">Its path as people should read it.</param>
/// <param name="firstLine">The line where it starts.</param>
/// <param name="firstColumn">The column where it starts.</param>
internal sealed class PlaceCounter(string file, int firstLine, int firstColumn)
{
    private int line = firstLine;
    private int column = firstColumn;

    /// <summary>The line and the column, in characters, of what comes next.</summary>
    public SourcePosition Here => new(file, line, column);

    /// <summary>Counts what has gone by.</summary>
    public void Pass(ReadOnlySpan<char> passed)
    {
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
    }
}
