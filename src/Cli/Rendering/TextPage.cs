using System.Text;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Cli.Rendering;

/// <summary>A term with its explanation.</summary>
internal sealed record Definition(string Term, string Explanation);

/// <summary>Text under construction for one terminal: takes secrets out, wraps, indents and colours.</summary>
/// <remarks>Secrets are taken out before a text is wrapped: afterwards one could stand on two lines and not be found.</remarks>
internal sealed class TextPage(Terminal terminal, Redactor redactor)
{
    private const int IndentColumns = 2;

    private readonly StringBuilder text = new();

    /// <summary>Adds a heading, with an empty line before it unless it is the first thing.</summary>
    public void Heading(string words)
    {
        Gap();
        Paragraph(words, Tone.Strong);
    }

    /// <summary>Adds an empty line unless there is one or nothing stands above.</summary>
    public void Gap()
    {
        if (text.Length > 0 && !(text.Length > 1 && text[^1] == '\n' && text[^2] == '\n'))
            text.Append('\n');
    }

    /// <summary>Adds wrapped text.</summary>
    public void Paragraph(string words, Tone tone = Tone.Plain, int indent = 0)
    {
        var margin = new string(' ', indent * IndentColumns);
        foreach (var line in TextWidth.Wrap(Clean(words), terminal.Width - margin.Length))
            Line(margin, line, tone);
    }

    /// <summary>Adds text exactly as it is, so that it can be redirected into a file.</summary>
    public void Verbatim(string words)
    {
        text.Append(Clean(words));
        if (text.Length > 0 && text[^1] != '\n')
            text.Append('\n');
    }

    /// <summary>Adds a line of a source file with a mark below the place. A line that is too long is cut around the place.</summary>
    public void Excerpt(Kernel.Reports.Excerpt excerpt)
    {
        var number = $"{excerpt.Line,6} | ";
        var source = Clean(excerpt.Text).Replace("\t", " ", StringComparison.Ordinal);
        var place = Math.Clamp(excerpt.Column - 1, 0, source.Length);
        var room = terminal.Width is { } width ? Math.Max(20, width - number.Length - 1) : source.Length;
        var start = source.Length <= room ? 0 : Math.Clamp(place - (room / 3), 0, source.Length - room);
        Line("", number + source.Substring(start, Math.Min(room, source.Length - start)), Tone.Plain);
        Line("", $"{new string(' ', number.Length - 2)}| {new string(' ', place - start)}^", Tone.Muted);
    }

    /// <summary>Adds terms with explanations beside them.</summary>
    public void Definitions(IReadOnlyList<Definition> rows)
    {
        const int LongestTermBeside = 40;
        var beside = 0;
        foreach (var row in rows)
        {
            if (TextWidth.Of(row.Term) is <= LongestTermBeside and var width)
                beside = Math.Max(beside, width);
        }

        var margin = new string(' ', IndentColumns + beside + 2);
        foreach (var (term, explanation) in rows)
        {
            var lines = TextWidth.Wrap(Clean(explanation), terminal.Width - margin.Length).ToArray();
            var fits = TextWidth.Of(term) <= beside;
            text.Append(' ', IndentColumns).Append(term);
            text.Append(fits ? new string(' ', beside - TextWidth.Of(term) + 2) + lines[0] : "");
            TrimEnd();
            foreach (var line in fits ? lines.Skip(1) : lines)
                Line(margin, line, Tone.Plain);
        }
    }

    /// <summary>Adds a table.</summary>
    public void Table(Table table)
    {
        foreach (var line in TableLayout.Lay(table, terminal.Width, Clean))
            Cells(line);
    }

    public override string ToString() => text.ToString();

    /// <summary>Words without secrets and without what drives a terminal.</summary>
    public string Clean(string words) => Printable.Of(redactor.Redact(words));

    private void Cells(TableLine line)
    {
        for (var i = 0; i < line.Cells.Count; i++)
        {
            var cell = line.Cells[i];
            Coloured(cell.Text, cell.Tone);
            if (i < line.Cells.Count - 1)
                text.Append(' ', line.Widths[i] - TextWidth.Of(cell.Text) + TableLayout.Gap);
        }

        TrimEnd();
    }

    private void Line(string margin, string words, Tone tone)
    {
        text.Append(margin);
        Coloured(words, tone);
        TrimEnd();
    }

    private void Coloured(string words, Tone tone)
    {
        var start = terminal.Colours ? Ansi.Start(tone) : "";
        text.Append(start).Append(words).Append(start.Length > 0 && words.Length > 0 ? Ansi.Reset : "");
    }

    private void TrimEnd()
    {
        while (text.Length > 0 && text[^1] == ' ')
            text.Length--;
        text.Append('\n');
    }
}
