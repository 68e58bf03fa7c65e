using System.Text.RegularExpressions;

namespace Lockkeeper.Migrate.Formats;

/// <summary>A piece of a script up to a semicolon outside of quotes.</summary>
/// <param name="Start">The offset of its first character that is no blank or comment.</param>
/// <param name="End">The offset behind its semicolon.</param>
internal sealed partial record TopLevel(int Start, int End)
{
    /// <summary>The pieces of a script, so that a format can look at what they begin with. PostgreSQL's own splitter has the last word on what is a statement.</summary>
    public static IEnumerable<TopLevel> Of(string text)
    {
        var start = -1;
        for (var at = 0; at < text.Length;)
        {
            var isComment = QuotedText.At(text, at, "--") || QuotedText.At(text, at, "/*");
            if (start < 0 && !isComment && !char.IsWhiteSpace(text[at]))
                start = at;
            if (text[at] == ';')
            {
                yield return new TopLevel(start, at + 1);
                start = -1;
            }

            at = Math.Max(at + 1, QuotedText.Skip(text, at));
        }

        if (start >= 0)
            yield return new TopLevel(start, text.Length);
    }

    /// <summary>Whether it begins a transaction.</summary>
    public bool Begins(string text) => Begin().IsMatch(text.AsSpan(Start, End - Start));

    /// <summary>Whether it commits one. <c>END</c> is not looked for: it also ends a function body.</summary>
    public bool Commits(string text) => Commit().IsMatch(text.AsSpan(Start, End - Start));

    /// <summary>The text with blanks in place of what begins and commits transactions: each migration runs in one of its own, or in none.</summary>
    public static string WithoutTransactions(string text)
    {
        char[]? blanked = null;
        foreach (var piece in Of(text).Where(piece => piece.Begins(text) || piece.Commits(text)))
            (blanked ??= text.ToCharArray()).AsSpan(piece.Start, piece.End - piece.Start).Fill(' ');
        return blanked is null ? text : new string(blanked);
    }

    [GeneratedRegex(@"^(BEGIN|START\s+TRANSACTION)(\s+(WORK|TRANSACTION))?\s*;?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Begin();

    [GeneratedRegex(@"^COMMIT(\s+(WORK|TRANSACTION))?\s*;?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Commit();
}
