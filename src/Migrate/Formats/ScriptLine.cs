namespace Lockkeeper.Migrate.Formats;

/// <summary>A line of a script, for formats whose directives stand on lines of their own.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Start">The offset of its first character in the script.</param>
/// <param name="Text">The line without its end.</param>
internal readonly record struct ScriptLine(int Number, int Start, string Text)
{
    /// <summary>The offset of the line after it.</summary>
    public int Next => Start + Text.Length + 1;

    /// <summary>The lines of a text with LF line ends.</summary>
    public static IEnumerable<ScriptLine> Of(string text)
    {
        var number = 0;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0)
                end = text.Length;
            yield return new ScriptLine(++number, start, text[start..end]);
            start = end + 1;
        }
    }

    /// <summary>The lines that contain a word; the others are not even made into strings, since files may be large.</summary>
    public static IEnumerable<ScriptLine> Containing(string text, string word)
    {
        var (number, counted) = (1, 0);
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at, StringComparison.OrdinalIgnoreCase))
        {
            var start = at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;
            var end = text.IndexOf('\n', at) is var found and >= 0 ? found : text.Length;
            number += text.AsSpan(counted, start - counted).Count('\n');
            counted = start;
            yield return new ScriptLine(number, start, text[start..end]);
            at = end;
        }
    }
}
