using System.Text;

namespace Lockkeeper.Cli.Rendering;

/// <summary>Makes text from files, servers and programs safe to print: a control sequence in it must not drive the reader's terminal.</summary>
internal static class Printable
{
    /// <summary>The text with control characters other than line end and tab shown as their picture (U+2400 and after).</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsUnsafe))
            return text;
        var safe = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (character == '\r')
                continue;
            safe.Append(!IsUnsafe(character) ? character : character < ' ' ? (char)(0x2400 + character) : character == 0x7F ? '\u2421' : '\uFFFD');
        }

        return safe.ToString();
    }

    private static bool IsUnsafe(char character) => char.IsControl(character) && character is not ('\n' or '\t');
}
