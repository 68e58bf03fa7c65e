using System.Text;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Server.Git;

/// <summary>A report's blocks as plain lines, for a comment.</summary>
internal static class PlainText
{
    public static string Of(IReadOnlyList<Block> blocks)
    {
        var text = new StringBuilder();
        foreach (var block in blocks)
        {
            _ = block switch
            {
                Heading heading => text.Append('\n').Append(heading.Text).Append('\n'),
                Line line => text.Append(' ', line.Indent * 2).Append(line.Text).Append('\n'),
                Code code => text.Append(code.Text).Append('\n'),
                LongCode code => text.AppendJoin("", code.Pieces),
                Excerpt excerpt => text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  {excerpt.Line}: {excerpt.Text}\n"),
                Table table => text.AppendJoin("", table.Rows.Select(row => string.Join("  ", row.Select(cell => cell.Text)) + "\n")),
                _ => text,
            };
        }

        return text.ToString().Trim();
    }
}
