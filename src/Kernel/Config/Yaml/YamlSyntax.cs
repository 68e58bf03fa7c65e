using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lockkeeper.Kernel.Config.Yaml;

/// <summary>Turns the parser's errors into words for people, with the usual mistakes named.</summary>
internal static partial class YamlSyntax
{
    public static (int Line, int Column) ToPosition(this Mark mark) => ((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    /// <summary>Makes the error of a file that cannot be parsed.</summary>
    /// <param name="message">The parser's words.</param>
    /// <param name="at">Where it gave up; a tab may stand some lines further on.</param>
    /// <param name="text">The file.</param>
    /// <param name="open">The outermost bracket that was not closed so far.</param>
    /// <param name="problems">Holds what else is wrong.</param>
    public static LockkeeperException Explain(string message, (int Line, int Column) at, string text, NodeEvent? open, Problems problems)
    {
        var lines = text.Split('\n');
        // The parser counts on past the end of the file.
        if (at.Line > lines.Length)
            at = (lines.Length, lines[^1].Length + 1);
        var last = message.Contains("tab", StringComparison.Ordinal) ? lines.Length : at.Line + 1;
        for (var number = at.Line; number <= last && number <= lines.Length; number++)
        {
            if (TabInIndentation(lines[number - 1]) is { } column)
                return problems.Fatal((number, column), "a tab stands in the indentation", "Indent with spaces: YAML does not allow tabs there.");
        }

        var line = at.Line <= lines.Length ? lines[at.Line - 1] : "";
        return problems.Fatal(at, $"the YAML cannot be read: {Lower(message)}", Hint(line, open));
    }

    private static int? TabInIndentation(string line)
    {
        for (var i = 0; i < line.Length && line[i] is ' ' or '\t'; i++)
        {
            if (line[i] == '\t' && !string.IsNullOrWhiteSpace(line))
                return i + 1;
        }

        return null;
    }

    private static string Hint(string line, NodeEvent? open)
    {
        if (line.Contains("${", StringComparison.Ordinal))
            return "Put double quotes around values with ${…}.";
        if (line.Contains(": *", StringComparison.Ordinal) || line.Contains(": @", StringComparison.Ordinal) || line.Contains(": %", StringComparison.Ordinal) || line.Contains(": `", StringComparison.Ordinal))
            return "Put quotes around text that starts with a special character.";
        if (open is not null)
            return $"Look whether the '{(open is MappingStart ? '{' : '[')}' in line {open.Start.Line}, column {open.Start.Column} is closed, and whether commas stand between its items.";
        return "Look at the quotes, brackets and indentation of this line and the one before it.";
    }

    /// <summary>The parser puts the position in front of some messages; it stands at the front of ours already.</summary>
    private static string Lower(string message)
    {
        var bare = PositionPrefix().Replace(message, "").Replace("  ", " ", StringComparison.Ordinal).TrimEnd('.', ' ');
        return bare.Length == 0 ? "it is not complete" : char.ToLowerInvariant(bare[0]) + bare[1..];
    }

    [GeneratedRegex(@"^\(Line: .*?\) - \(.*?\): ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PositionPrefix();
}
