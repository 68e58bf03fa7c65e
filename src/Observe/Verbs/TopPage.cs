using Lockkeeper.Kernel.Reports;
using Lockkeeper.Observe.Top;

namespace Lockkeeper.Observe.Verbs;

/// <summary>One picture of a server as a page of text: all views, one below the other.</summary>
internal static class TopPage
{
    private const int LongestText = 100;
    private const int MostQueries = 20;

    public static IEnumerable<Block> Of(TopState state)
    {
        foreach (var line in TopFrame.Summary(state))
            yield return new Line(line.ToString().TrimEnd());
        foreach (var (view, title) in new[] { (TopView.Blocking, "Blocking"), (TopView.Sessions, "Sessions"), (TopView.Queries, "Queries"), (TopView.Replication, "Replication"), (TopView.Pools, "Pools") })
        {
            var table = TopRows.Of(state with { View = view });
            if (table.Rows.Count == 0 && view is TopView.Pools)
                continue;
            yield return new Heading(title);
            if (table.Rows.Count == 0)
                yield return new Line(table.WhenEmpty, Tone.Muted);
            else
                yield return new Table([.. table.Columns.Select(column => column.Title)], [.. table.Rows.Take(view == TopView.Queries ? MostQueries : int.MaxValue).Select(row => (IReadOnlyList<Cell>)[.. row.Cells.Select(Short)])]);
        }
    }

    private static Cell Short(Cell cell) => TextWidth.Of(cell.Text) <= LongestText ? cell : cell with { Text = TextWidth.Fit(cell.Text, LongestText) };
}
