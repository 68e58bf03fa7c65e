using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Cli.Rendering;

/// <summary>One printed line of a table.</summary>
/// <param name="Cells">The pieces of the cells that stand on this line.</param>
/// <param name="Widths">The columns' widths.</param>
internal sealed record TableLine(IReadOnlyList<Cell> Cells, IReadOnlyList<int> Widths);

/// <summary>Lays a table out within a width: columns keep their natural width while there is room, the wide ones are wrapped.</summary>
internal static class TableLayout
{
    /// <summary>Columns between two cells.</summary>
    public const int Gap = 2;

    /// <summary>Below this width a column cannot be read; the rows are then written one below the other.</summary>
    private const int NarrowestColumn = 8;

    public static IEnumerable<TableLine> Lay(Table table, int? width, Func<string, string> clean)
    {
        var rows = table.Rows.Select(row => row.Select(cell => cell with { Text = clean(cell.Text).Replace('\t', ' ') }).ToArray()).ToArray();
        var widths = Widths(table.Columns, rows, width);
        return widths is null ? AsRecords(table.Columns, rows, width!.Value) : AsTable(table.Columns, rows, widths);
    }

    private static IEnumerable<TableLine> AsTable(IReadOnlyList<string> columns, Cell[][] rows, int[] widths)
    {
        foreach (var line in Row([.. columns.Select(title => new Cell(title, Tone.Strong))], widths))
            yield return line;
        yield return new TableLine([.. widths.Select(width => new Cell(new string('─', width), Tone.Muted))], widths);
        foreach (var row in rows)
        {
            foreach (var line in Row(row, widths))
                yield return line;
        }
    }

    private static IEnumerable<TableLine> Row(Cell[] cells, int[] widths)
    {
        var pieces = cells.Select((cell, i) => TextWidth.Wrap(cell.Text, widths[i]).ToArray()).ToArray();
        for (var line = 0; line < pieces.Max(lines => lines.Length); line++)
            yield return new TableLine([.. cells.Select((cell, i) => cell with { Text = line < pieces[i].Length ? pieces[i][line] : "" })], widths);
    }

    private static IEnumerable<TableLine> AsRecords(IReadOnlyList<string> columns, Cell[][] rows, int width)
    {
        var titleWidth = columns.Max(TextWidth.Of);
        int[] widths = [titleWidth, Math.Max(NarrowestColumn, width - titleWidth - Gap)];
        for (var row = 0; row < rows.Length; row++)
        {
            if (row > 0)
                yield return new TableLine([new Cell("")], [0]);
            for (var i = 0; i < columns.Count; i++)
            {
                foreach (var line in Row([new Cell(columns[i], Tone.Strong), rows[row][i]], widths))
                    yield return line;
            }
        }
    }

    /// <summary>The columns' widths, or null when they do not fit side by side.</summary>
    private static int[]? Widths(IReadOnlyList<string> columns, Cell[][] rows, int? width)
    {
        var natural = columns.Select((title, i) => rows.Select(row => Widest(row[i].Text)).Append(TextWidth.Of(title)).Max()).ToArray();
        var room = width - (Gap * (columns.Count - 1));
        if (room is null || natural.Sum() <= room)
            return natural;

        // The narrow columns keep what they need; what they leave is shared by the others.
        var result = new int[natural.Length];
        var left = room.Value;
        var order = Enumerable.Range(0, natural.Length).OrderBy(i => natural[i]).ToArray();
        for (var done = 0; done < order.Length; done++)
        {
            var share = left / (order.Length - done);
            var column = order[done];
            result[column] = Math.Min(natural[column], share);
            if (result[column] < Math.Min(natural[column], NarrowestColumn))
                return null;
            left -= result[column];
        }

        return result;
    }

    private static int Widest(string text) => text.Split('\n').Max(TextWidth.Of);
}
