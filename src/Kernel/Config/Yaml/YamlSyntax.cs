using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Errors;
using YamlDotNet.Core;

namespace Lockkeeper.Kernel.Config.Yaml;

/// <summary>Turns the parser's errors into words for people, with the usual mistakes named.</summary>
internal static partial class YamlSyntax
{
    public static (int Line, int Column) ToPosition(this Mark mark) => ((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    public static LockkeeperException Explain(YamlException error, string text, Problems problems)
    {
        var at = error.Start.ToPosition();
        var line = LineOf(text, at.Line);
        var indent = line.Length - line.TrimStart().Length;
        if (line.AsSpan(0, indent).Contains('\t'))
            return problems.Fatal((at.Line, line.IndexOf('\t', StringComparison.Ordinal) + 1), "a tab stands in the indentation", "Indent with spaces: YAML does not allow tabs there.");
        return problems.Fatal(at, $"the YAML cannot be read: {Lower(error.Message)}", Hint(line));
    }

    private static string Hint(string line)
    {
        if (line.Contains("${", StringComparison.Ordinal))
            return "Put double quotes around values with ${…}.";
        if (line.Contains(": *", StringComparison.Ordinal) || line.Contains(": @", StringComparison.Ordinal) || line.Contains(": %", StringComparison.Ordinal) || line.Contains(": `", StringComparison.Ordinal))
            return "Put quotes around text that starts with a special character.";
        return "Look at the quotes, brackets and indentation of this line and the one before it.";
    }

    private static string LineOf(string text, int number)
    {
        var lines = text.Split('\n');
        return number <= lines.Length ? lines[number - 1].TrimEnd('\r') : "";
    }

    /// <summary>The parser puts the position in front of some messages; it stands at the front of ours already.</summary>
    private static string Lower(string message)
    {
        var bare = PositionPrefix().Replace(message, "").TrimEnd('.', ' ');
        return bare.Length == 0 ? "it is not complete" : char.ToLowerInvariant(bare[0]) + bare[1..];
    }

    [GeneratedRegex(@"^\(Line: .*?\) - \(.*?\): ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PositionPrefix();
}
