namespace Lockkeeper.Kernel.Reports;

/// <summary>How a piece of text is meant; a face decides how that looks.</summary>
public enum Tone
{
    /// <summary>Plain text.</summary>
    Plain,

    /// <summary>Something went as it should.</summary>
    Good,

    /// <summary>Worth a look.</summary>
    Warning,

    /// <summary>Something is wrong.</summary>
    Bad,

    /// <summary>Of less weight than what stands beside it.</summary>
    Muted,

    /// <summary>Of more weight than what stands beside it.</summary>
    Strong,
}

/// <summary>One block of a report's text. Blocks hold words, never layout: each face (terminal, web) lays them out.</summary>
public abstract record Block;

/// <summary>A heading.</summary>
/// <param name="Text">The words.</param>
public sealed record Heading(string Text) : Block;

/// <summary>A line or paragraph of text.</summary>
/// <param name="Text">The words.</param>
/// <param name="Tone">How they are meant.</param>
/// <param name="Indent">Levels of indentation, 0 by default.</param>
public sealed record Line(string Text, Tone Tone = Tone.Plain, int Indent = 0) : Block;

/// <summary>SQL, a script or a program's output, kept as it is.</summary>
/// <param name="Text">The text.</param>
/// <param name="Language">For example <c>sql</c>; null for plain output.</param>
public sealed record Code(string Text, string? Language = null) : Block;

/// <summary>Text that may be far too long to be put together first, kept as it is.</summary>
/// <param name="Pieces">Its pieces in order, made as they are asked for; each ends with the end of a line.</param>
public sealed record LongCode(IEnumerable<string> Pieces) : Block;

/// <summary>A line of a source file with a mark below the place that something is said of.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Column">The place in characters, from 1.</param>
/// <param name="Text">The line.</param>
public sealed record Excerpt(int Line, int Column, string Text) : Block;

/// <summary>A table.</summary>
/// <param name="Columns">The column titles.</param>
/// <param name="Rows">The rows; each has as many cells as there are columns.</param>
public sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows) : Block;

/// <summary>A table cell.</summary>
/// <param name="Text">The words.</param>
/// <param name="Tone">How they are meant.</param>
public sealed record Cell(string Text, Tone Tone = Tone.Plain)
{
    /// <summary>A plain cell.</summary>
    /// <param name="text">The words.</param>
    public static implicit operator Cell(string text) => new(text);
}
