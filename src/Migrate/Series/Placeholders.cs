using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>Replaces placeholders in scripts. Flyway: <c>${name}</c>; plain and Lockkeeper's own: <c>${name}</c> and psql's <c>:name</c>, declared ones only.</summary>
/// <param name="format">The series' format.</param>
/// <param name="values">Values by name.</param>
internal sealed class Placeholders(string format, IReadOnlyDictionary<string, string> values)
{
    private readonly bool isFlyway = format == "flyway";

    /// <summary>The script's text with the values in place. A value is not searched for placeholders again.</summary>
    /// <exception cref="LockkeeperException">A Flyway placeholder has no value.</exception>
    public string Replace(MigrationScript script)
    {
        var text = script.Text;
        if (!script.ReplacePlaceholders || (!isFlyway && !script.RequirePlaceholders && values.Count == 0))
            return text;
        var result = new StringBuilder();
        var copied = 0;
        for (var at = 0; at < text.Length; at++)
        {
            at = isFlyway ? text.IndexOf('$', at) : text.AsSpan(at).IndexOfAny('$', ':') is var found and >= 0 ? at + found : -1;
            if (at < 0)
                break;
            // "::" is a cast; ":::name" is one to a placeholder.
            if (text.AsSpan(at).StartsWith("::"))
            {
                at++;
                continue;
            }

            var (value, end) = text[at] == '$' ? Braces(script, at) : Colon(text, at);
            if (value is null)
                continue;
            result.Append(text, copied, at - copied).Append(value);
            copied = end;
            at = end - 1;
        }

        return copied == 0 ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    private (string? Value, int End) Braces(MigrationScript script, int at)
    {
        var text = script.Text;
        var close = at + 1 < text.Length && text[at + 1] == '{' ? text.IndexOf('}', at) : -1;
        if (close < 0)
            return default;
        var name = text[(at + 2)..close];
        return Value(name, script.File) is { } value ? (value, close + 1) : isFlyway || script.RequirePlaceholders ? throw Unknown(script, name, at) : default;
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
        // Flyway's names are case-insensitive.
        : values.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private LockkeeperException Unknown(MigrationScript script, string name, int offset)
    {
        var before = script.Text.AsSpan(0, offset);
        var at = new SourcePosition(script.File, before.Count('\n') + script.FirstLine, offset - (before.LastIndexOf('\n') + 1) + 1);
        return new LockkeeperException(
            MigrateErrors.UnknownPlaceholder, $"the placeholder ${{{name}}} has no value",
            values.Count == 0 ? "Give it one under placeholders of the database in lockkeeper.yaml." : $"Known placeholders: {string.Join(", ", values.Keys.Order(StringComparer.Ordinal))}.", at);
    }
}
