using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>One statement of a script, as psql would send it, without the closing semicolon and the comments around it.</summary>
/// <param name="Characters">From its first token to its last; comments in between stay. A slice of the script, not a copy: a script may have a million statements.</param>
/// <param name="Offset">Where it begins in the script, in UTF-16 units from 0.</param>
/// <param name="At">Where it begins, for people.</param>
public sealed record SqlStatement(ReadOnlyMemory<char> Characters, long Offset, SourcePosition At)
{
    /// <summary>Its text, copied out of the script at each call.</summary>
    public string Text => Characters.ToString();

    /// <summary>What stands between the statement before it and itself: blanks and comments, where a directive may be.</summary>
    public ReadOnlyMemory<char> Lead { get; init; }

    /// <summary>The inline data of <c>COPY … FROM stdin</c>: the lines after the statement, without the closing <c>\.</c>; null when the
    /// statement takes none.</summary>
    public InlineData? CopyData { get; init; }

    /// <summary>Whether it was made from something else that stands at <see cref="At"/>: then all of it is there.</summary>
    public bool IsGenerated { get; init; }

    /// <summary>Where a character of the statement stands in its file.</summary>
    /// <param name="characterIndex">Index into <see cref="Text"/> from 0, in characters (code points), as the server counts: its
    /// 1-based <c>Position</c> minus 1. Past the end means the end.</param>
    public SourcePosition PositionOf(int characterIndex)
    {
        if (IsGenerated)
            return At;
        var (line, column) = (At.Line, At.Column);
        foreach (var rune in Text.EnumerateRunes())
        {
            if (characterIndex-- <= 0)
                break;
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return At with { Line = line, Column = column };
    }

    /// <summary>The index into <see cref="Text"/> in UTF-16 units for one in characters.</summary>
    internal int UnitOf(int characterIndex)
    {
        var unit = 0;
        foreach (var rune in Text.EnumerateRunes())
        {
            if (characterIndex-- <= 0)
                break;
            unit += rune.Utf16SequenceLength;
        }

        return unit;
    }
}
