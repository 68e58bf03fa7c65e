using System.Text;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Turns a script whose statements end in something of their own into one with semicolons, so that every statement stays in its line and column.</summary>
internal static class DelimitedText
{
    /// <summary>Replaces the delimiter outside of quotes.</summary>
    /// <param name="text">The script.</param>
    /// <param name="delimiter">What ends a statement.</param>
    /// <param name="from">Where to begin to look.</param>
    public static string WithSemicolons(string text, string delimiter, int from)
    {
        var semicolon = Semicolon(delimiter);
        var result = new StringBuilder(text, 0, from, text.Length);
        for (var at = from; at < text.Length;)
        {
            if (QuotedText.At(text, at, delimiter))
            {
                result.Append(semicolon);
                at += delimiter.Length;
                continue;
            }

            var next = Math.Max(at + 1, QuotedText.Skip(text, at));
            result.Append(text, at, next - at);
            at = next;
        }

        return result.ToString();
    }

    /// <summary>A semicolon in the place of the delimiter, with as many lines. Among empty lines it stands on one of them: the line before may end in a comment.</summary>
    private static string Semicolon(string delimiter)
    {
        var place = delimiter.AsSpan().IndexOfAnyExcept('\n');
        if (place < 0)
            return delimiter.Length == 1 ? ";\n" : "\n;" + delimiter[1..];
        var blanks = new string([.. delimiter.Select(c => c == '\n' ? c : ' ')]);
        return $"{blanks[..place]};{blanks[(place + 1)..]}";
    }
}
