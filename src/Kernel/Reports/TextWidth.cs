using System.Globalization;
using System.Text;

namespace Lockkeeper.Kernel.Reports;

/// <summary>How many terminal columns a text takes, and where it can be broken.</summary>
public static class TextWidth
{
    /// <summary>The columns of a text without line ends.</summary>
    /// <param name="text">The text.</param>
    public static int Of(string text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes())
            columns += Of(rune);
        return columns;
    }

    /// <summary>Breaks a text into lines of at most the given columns: between words where it can, inside a long word where it must.</summary>
    /// <param name="text">The text.</param>
    /// <param name="columns">The width; null for none.</param>
    public static IEnumerable<string> Wrap(string text, int? columns)
    {
        foreach (var line in text.Split('\n'))
        {
            if (columns is null || Of(line) <= columns)
            {
                yield return line;
                continue;
            }

            foreach (var piece in WrapLine(line, columns.Value))
                yield return piece;
        }
    }

    /// <summary>The text in exactly the given columns: filled with spaces behind it, or cut off with an ellipsis.</summary>
    /// <param name="text">The text, without line ends.</param>
    /// <param name="columns">The width.</param>
    public static string Fit(string text, int columns)
    {
        var width = Of(text);
        if (width <= columns)
            return text + new string(' ', columns - width);
        var cut = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (used + Of(rune) > columns - 1)
                break;
            cut.Append(rune.ToString());
            used += Of(rune);
        }

        return columns <= 0 ? "" : cut.Append('…').Append(' ', columns - 1 - used).ToString();
    }

    private static IEnumerable<string> WrapLine(string line, int columns)
    {
        // Indentation is kept on every piece, unless it would leave no room for words.
        var words = line.TrimStart(' ');
        var margin = line.Length - words.Length < columns / 2 ? line[..^words.Length] : "";
        columns -= margin.Length;
        var current = new StringBuilder(margin);
        var used = 0;
        foreach (var word in words.Split(' '))
        {
            var width = Of(word);
            if (used > 0 && used + 1 + width > columns)
            {
                yield return current.ToString();
                current.Clear().Append(margin);
                used = 0;
            }
            else if (used > 0)
            {
                current.Append(' ');
                used++;
            }

            foreach (var rune in word.EnumerateRunes())
            {
                if (used + Of(rune) > columns && used > 0)
                {
                    yield return current.ToString();
                    current.Clear().Append(margin);
                    used = 0;
                }

                current.Append(rune.ToString());
                used += Of(rune);
            }
        }

        yield return current.ToString();
    }

    /// <summary>East Asian wide ranges (Unicode UAX #11, W and F) in blocks; combining marks take no column of their own.</summary>
    private static int Of(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF
            or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 or >= 0x1F300 and <= 0x1FAFF
            or >= 0x20000 and <= 0x3FFFD => 2,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0 : 1,
    };
}
