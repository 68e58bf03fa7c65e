using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>Tells a script that does something from one that is only comments, which some tools write and apply as a migration that does nothing.</summary>
internal static class ScriptContent
{
    /// <summary>Whether anything but blanks, comments and semicolons stands in a text.</summary>
    public static bool HasStatement(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]) || text[at] == ';')
                at++;
            else if (QuotedText.At(text, at, "--"))
                at = text.IndexOf('\n', at) is var end and >= 0 ? end + 1 : text.Length;
            else if (QuotedText.At(text, at, "/*"))
                at = QuotedText.AfterComment(text, at);
            else
                return true;
        }

        return false;
    }

    /// <summary>The script, which may be empty: its tool applies it all the same, and its file must stay as it is.</summary>
    public static MigrationScript Runnable(MigrationScript script) => script with { MayBeEmpty = true };

    /// <summary>A way back, or null when it holds no statement: then there is none.</summary>
    public static MigrationScript? WayBack(MigrationScript script) => HasStatement(script.Text) ? script : null;
}
