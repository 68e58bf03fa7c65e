using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>Replaces placeholders in scripts, in the syntax of their format.</summary>
/// <param name="format">The series' format.</param>
/// <param name="values">Values by name.</param>
internal sealed class Placeholders(string format, IReadOnlyDictionary<string, string> values)
{
    private readonly PlaceholderSyntax syntax = PlaceholderSyntax.Of(format);

    /// <summary>The script's text with the values in place. A value is not searched for placeholders again.</summary>
    /// <exception cref="LockkeeperException">A placeholder that must have a value has none.</exception>
    public string Replace(MigrationScript script)
    {
        var text = script.Text;
        if (!script.ReplacePlaceholders || (!syntax.Required && syntax.BuiltIn.Count == 0 && !script.RequirePlaceholders && values.Count == 0))
            return text;
        var result = new StringBuilder();
        var copied = 0;
        for (var at = 0; at < text.Length; at++)
        {
            at = Next(text, at);
            if (at < 0)
                break;
            // "::" is a cast; ":::name" is one to a placeholder.
            if (text.AsSpan(at).StartsWith("::"))
            {
                at++;
                continue;
            }

            var (value, end) = text[at] == ':' ? Colon(text, at) : Braces(script, at);
            if (value is null)
                continue;
            result.Append(text, copied, at - copied).Append(value);
            copied = end;
            at = end - 1;
        }

        return copied == 0 ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    private int Next(string text, int from) =>
        !syntax.Colon ? text.IndexOf(syntax.Open[0], from) : text.AsSpan(from).IndexOfAny(syntax.Open[0], ':') is var found and >= 0 ? from + found : -1;

    private (string? Value, int End) Braces(MigrationScript script, int at)
    {
        var text = script.Text;
        var close = string.CompareOrdinal(text, at, syntax.Open, 0, syntax.Open.Length) == 0 ? text.IndexOf(syntax.Close, at, StringComparison.Ordinal) : -1;
        if (close < 0)
            return default;
        var name = text[(at + syntax.Open.Length)..close];
        if (Value(name, script.File) is { } value)
            return (value, close + syntax.Close.Length);
        var isNeeded = syntax.Required || script.RequirePlaceholders || syntax.BuiltIn.Contains(name, StringComparer.OrdinalIgnoreCase);
        return isNeeded ? throw Unknown(script, name, at) : default;
    }

    private (string? Value, int End) Colon(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        return (values.GetValueOrDefault(text[(at + 1)..end]), end);
    }

    private string? Value(string name, string file) =>
        name == "flyway:filename" ? Path.GetFileName(file)
        : values.TryGetValue(name, out var exact) ? exact
        : !syntax.AnyCase ? null
        : values.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private LockkeeperException Unknown(MigrationScript script, string name, int offset)
    {
        var before = script.Text.AsSpan(0, offset);
        var at = new SourcePosition(script.File, before.Count('\n') + script.FirstLine, offset - (before.LastIndexOf('\n') + 1) + 1);
        return new LockkeeperException(
            MigrateErrors.UnknownPlaceholder, $"the placeholder {syntax.Open}{name}{syntax.Close} has no value",
            values.Count == 0 ? "Give it one under placeholders of the database in lockkeeper.yaml." : $"Known placeholders: {string.Join(", ", values.Keys.Order(StringComparer.Ordinal))}.", at);
    }
}
