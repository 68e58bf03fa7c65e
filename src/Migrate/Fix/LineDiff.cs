using System.Text;

namespace Lockkeeper.Migrate.Fix;

/// <summary>Two versions of a file as a unified diff.</summary>
/// <remarks>A fix changes few places of a small file, so the longest common subsequence by its table is enough: it takes lines × lines steps.</remarks>
internal static class LineDiff
{
    private const int Context = 3;

    /// <param name="file">The file as a user would type it.</param>
    /// <param name="before">The old text.</param>
    /// <param name="after">The new text.</param>
    public static string Of(string file, string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var (common, end) = (0, 0);
        while (common < old.Length && common < now.Length && old[common] == now[common])
            common++;
        while (end < old.Length - common && end < now.Length - common && old[^(end + 1)] == now[^(end + 1)])
            end++;
        var middle = Middle(old.AsSpan(common..(old.Length - end)), now.AsSpan(common..(now.Length - end)));
        var first = Math.Max(0, common - Context);
        var tail = Math.Min(Context, end);
        var text = new StringBuilder();
        text.Append($"--- {file}\n+++ {file}\n@@ -{first + 1},{old.Length - end + tail - first} +{first + 1},{now.Length - end + tail - first} @@\n");
        foreach (var line in old[first..common])
            text.Append(' ').Append(line).Append('\n');
        text.Append(middle);
        foreach (var line in old[(old.Length - end)..(old.Length - end + tail)])
            text.Append(' ').Append(line).Append('\n');
        return text.ToString();
    }

    private static string Middle(ReadOnlySpan<string> old, ReadOnlySpan<string> now)
    {
        var longest = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
                longest[i, j] = old[i] == now[j] ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
        }

        var text = new StringBuilder();
        var (a, b) = (0, 0);
        while (a < old.Length || b < now.Length)
        {
            if (a < old.Length && b < now.Length && old[a] == now[b])
            {
                text.Append(' ').Append(old[a++]).Append('\n');
                b++;
            }
            else if (a < old.Length && (b == now.Length || longest[a + 1, b] >= longest[a, b + 1]))
            {
                text.Append('-').Append(old[a++]).Append('\n');
            }
            else
            {
                text.Append('+').Append(now[b++]).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');
}
