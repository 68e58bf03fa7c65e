using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Cli.Rendering;

/// <summary>A report's blocks as text.</summary>
internal static class ReportText
{
    public static string Of(IReadOnlyList<Block> blocks, Terminal terminal, Redactor redactor)
    {
        var page = new TextPage(terminal, redactor);
        for (var i = 0; i < blocks.Count; i++)
        {
            if (i > 0 && (blocks[i] is Code or Table || blocks[i - 1] is Code or Table))
                page.Gap();
            Add(page, blocks[i]);
        }

        return page.ToString();
    }

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
