using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Cli.Rendering;

/// <summary>A report's blocks as text.</summary>
internal static class ReportText
{
    public static string Of(IReadOnlyList<Block> blocks, Terminal terminal, Redactor redactor) => string.Concat(Pieces(blocks, terminal, redactor));

    /// <summary>The same piece by piece, so that a text of any length is never in memory as a whole.</summary>
    public static IEnumerable<string> Pieces(IReadOnlyList<Block> blocks, Terminal terminal, Redactor redactor)
    {
        var page = new TextPage(terminal, redactor);
        for (var i = 0; i < blocks.Count; i++)
        {
            if (i > 0 && (IsApart(blocks[i]) || IsApart(blocks[i - 1])))
                page.Gap();
            if (blocks[i] is LongCode code)
            {
                yield return page.ToString();
                foreach (var piece in code.Pieces)
                    yield return page.Clean(piece);
                page = new TextPage(terminal, redactor);
            }
            else
            {
                Add(page, blocks[i]);
            }
        }

        yield return page.ToString();
    }

    private static bool IsApart(Block block) => block is Code or LongCode or Table;

    private static void Add(TextPage page, Block block)
    {
        switch (block)
        {
            case Heading heading: page.Heading(heading.Text); break;
            case Line line: page.Paragraph(line.Text, line.Tone, line.Indent); break;
            case Code code: page.Verbatim(code.Text); break;
            case Excerpt excerpt: page.Excerpt(excerpt); break;
            case Table { Rows.Count: > 0 } table: page.Table(table); break;
        }
    }
}
