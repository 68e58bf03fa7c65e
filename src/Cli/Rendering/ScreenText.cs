using System.Text;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Screens;

namespace Lockkeeper.Cli.Rendering;

/// <summary>What is sent to a terminal so that it shows lines in the place of others.</summary>
internal static class ScreenText
{
    /// <summary>A line as the terminal gets it, cut off at its width.</summary>
    public static string Of(ScreenLine line, int columns, bool colours, Func<string, string> clean)
    {
        var text = new StringBuilder(line.IsSelected ? Ansi.Reverse : "");
        var left = columns;
        foreach (var part in line.Parts)
        {
            var words = clean(part.Text).Replace('\n', ' ').Replace('\t', ' ');
            if (TextWidth.Of(words) > left)
                words = TextWidth.Fit(words, left);
            left -= TextWidth.Of(words);
            // On the selected line a colour would be light on light.
            var start = colours && !line.IsSelected ? Ansi.Start(part.Tone) : "";
            text.Append(start).Append(words).Append(start.Length > 0 ? Ansi.Reset : "");
        }

        return (line.IsSelected ? text.Append(' ', left).Append(Ansi.Reset) : text).ToString();
    }

    /// <summary>The lines that differ, each written where it stands: what stays the same is not sent, so nothing flickers.</summary>
    public static string Change(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var text = new StringBuilder();
        for (var i = 0; i < Math.Max(before.Count, after.Count); i++)
        {
            var line = i < after.Count ? after[i] : "";
            if (i >= before.Count || before[i] != line)
                text.Append(Ansi.ToLine(i + 1)).Append(line).Append(Ansi.ClearRest);
        }

        return text.ToString();
    }
}
