using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats;

/// <summary>The <c>-- atlas:</c> directives of a file. Atlas sees those for the whole file only in the comments at its top, with an empty line below them.</summary>
internal static partial class AtlasDirectives
{
    /// <summary>Honours them.</summary>
    /// <returns>The script, and whether it is a checkpoint: a state that stands for all files before it.</returns>
    public static (MigrationScript Script, bool IsCheckpoint) Apply(MigrationScript script)
    {
        var (isCheckpoint, delimiter) = (false, (string?)null);
        var head = Head(script.Text);
        foreach (var line in ScriptLine.Containing(script.Text, "atlas:"))
        {
            var match = Directive().Match(line.Text);
            if (!match.Success)
                continue;
            var (name, value) = (match.Groups["name"].Value, match.Groups["value"].Value.TrimEnd());
            // Linting and sums have been looked at when a migration runs.
            if (name is "nolint" or "sum" or "lint")
                continue;
            if (line.Start >= head)
                throw Wrong(script, line, MigrateErrors.BadScript, $"atlas:{name} counts only in the comments at the top of the file, with an empty line below them", "Move it there, as Atlas does not see it here.");
            switch (name, value)
            {
                case ("txmode", "none"): script = script with { NoTransaction = true }; break;
                case ("txmode", "file"): break;
                case ("checkpoint", _): isCheckpoint = true; break;
                case ("delimiter", { Length: > 0 }): delimiter = Unescaped(value); break;
                default: throw Wrong(script, line, MigrateErrors.NotSupported, $"the directive atlas:{name} {value}".TrimEnd() + " is not supported here", "Known: txmode none, txmode file, checkpoint, delimiter, nolint.");
            }
        }

        return (delimiter is null ? script : script with { Text = DelimitedText.WithSemicolons(script.Text, delimiter, head) }, isCheckpoint);
    }

    /// <summary>Where the comments at the top end; 0 when a statement follows at once, for then they belong to it.</summary>
    private static int Head(string text)
    {
        var end = 0;
        foreach (var line in ScriptLine.Of(text).TakeWhile(line => line.Text.StartsWith("--", StringComparison.Ordinal) || line.Text.StartsWith('#')))
            end = line.Next;
        return end >= text.Length ? end : text[end] == '\n' ? end : 0;
    }

    /// <summary>A delimiter may be written with <c>\n</c>, <c>\r</c> and <c>\t</c>.</summary>
    private static string Unescaped(string value) =>
        value.Replace(@"\n", "\n", StringComparison.Ordinal).Replace(@"\r", "", StringComparison.Ordinal).Replace(@"\t", "\t", StringComparison.Ordinal);

    private static LockkeeperException Wrong(MigrationScript script, ScriptLine line, ErrorCode code, string message, string hint) => new(code, message, hint, new SourcePosition(script.File, line.Number, 1));

    [GeneratedRegex(@"^-- atlas:(?<name>\w+)( +(?<value>.*))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Directive();
}
