using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>What a script that was written for psql has between its statements: commands for what psql prints.</summary>
internal static partial class PsqlScriptFile
{
    /// <summary>The script with blanks in place of the commands of psql that change nothing in the database; every other one stays, to be refused.</summary>
    public static string WithoutDisplayCommands(string text, MigrationScript script)
    {
        // Only the splitter knows which backslash is a command and which stands in a string: it names the first one, until none is left.
        while (true)
        {
            try
            {
                SqlSplitter.Split(text, script.File, script.FirstLine);
                return text;
            }
            catch (LockkeeperException e) when (e.Code == SqlErrors.MetaCommand && e.At is { } at && Blanked(text, at.Line - script.FirstLine) is { } without)
            {
                text = without;
            }
        }
    }

    private static string? Blanked(string text, int line)
    {
        var start = 0;
        for (; line > 0; line--)
            start = text.IndexOf('\n', start) + 1;
        var end = text.IndexOf('\n', start) is var found and >= 0 ? found : text.Length;
        return DisplayCommand().IsMatch(text[start..end]) ? string.Concat(text.AsSpan(0, start), new string(' ', end - start), text.AsSpan(end)) : null;
    }

    // A second backslash would begin a second command; ON_ERROR_STOP may only say what holds here anyway.
    [GeneratedRegex(
        @"^\s*\\(?:set\s+(?:ON_ERROR_STOP(?:\s+(?:1|on|true))?|ON_ERROR_ROLLBACK\s+(?:0|off|false)|(?:QUIET|ECHO|VERBOSITY|SHOW_CONTEXT|FETCH_COUNT)(?:\s+[^\\]*)?)|unset\s+(?:QUIET|ECHO|ON_ERROR_ROLLBACK)|pset(?:\s+[^\\`]*)?|timing(?:\s+[a-z]+)?|x(?:\s+[a-z]+)?|[at]|(?:q?echo|warn)(?:\s+[^\\`]*)?|encoding\s+['""]?UTF-?8['""]?)\s*$",
        RegexOptions.IgnoreCase, 1000)]
    private static partial Regex DisplayCommand();
}
