using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>Replaces placeholders in scripts. Flyway: <c>${name}</c>; plain and Lockkeeper's own: <c>${name}</c> and psql's <c>:name</c>, declared ones only.</summary>
/// <param name="format">The series' format.</param>
/// <param name="values">Values by name.</param>
internal sealed class Placeholders(string format, IReadOnlyDictionary<string, string> values)
{
    /// <summary>The script's text with the values in place.</summary>
    /// <exception cref="LockkeeperException">A Flyway placeholder has no value.</exception>
    public string Replace(MigrationScript script)
    {
        if (!script.ReplacePlaceholders)
            return script.Text;
        return format == "flyway" ? ReplaceBraces(script, refuseUnknown: true)
            : values.Count == 0 ? script.Text
            : ReplaceColons(ReplaceBraces(script, refuseUnknown: false));
    }

    private string ReplaceBraces(MigrationScript script, bool refuseUnknown)
    {
        var text = script.Text;
        var start = text.IndexOf("${", StringComparison.Ordinal);
        if (start < 0)
            return text;
        var result = new StringBuilder(text.Length);
        var copied = 0;
        for (; start >= 0; start = text.IndexOf("${", copied, StringComparison.Ordinal))
        {
            var end = text.IndexOf('}', start);
            if (end < 0)
                break;
            var name = text[(start + 2)..end];
            result.Append(text, copied, start - copied);
            if (Value(name, script.File) is { } value)
                result.Append(value);
            else if (refuseUnknown)
                throw Unknown(script, name, start);
            else
                result.Append(text, start, end + 1 - start);
            copied = end + 1;
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }

    private string? Value(string name, string file) =>
        name == "flyway:filename" ? Path.GetFileName(file)
        : values.TryGetValue(name, out var exact) ? exact
        // Flyway's names are case-insensitive.
        : values.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private string ReplaceColons(string text)
    {
        foreach (var (name, value) in values)
        {
            var token = ":" + name;
            var at = text.IndexOf(token, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var result = new StringBuilder(text.Length);
            var copied = 0;
            for (; at >= 0; at = text.IndexOf(token, at + 1, StringComparison.Ordinal))
            {
                var after = at + token.Length;
                // "::name" is a cast, and a longer word is another name.
                if ((at > 0 && text[at - 1] == ':') || (after < text.Length && (char.IsAsciiLetterOrDigit(text[after]) || text[after] == '_')))
                    continue;
                result.Append(text, copied, at - copied).Append(value);
                copied = after;
            }

            text = result.Append(text, copied, text.Length - copied).ToString();
        }

        return text;
    }

    private LockkeeperException Unknown(MigrationScript script, string name, int offset)
    {
        var before = script.Text.AsSpan(0, offset);
        var at = new SourcePosition(script.File, before.Count('\n') + 1, offset - (before.LastIndexOf('\n') + 1) + 1);
        return new LockkeeperException(
            MigrateErrors.UnknownPlaceholder, $"the placeholder ${{{name}}} has no value",
            values.Count == 0 ? "Give it one under placeholders of the database in lockkeeper.yaml." : $"Known placeholders: {string.Join(", ", values.Keys.Order(StringComparer.Ordinal))}.", at);
    }
}
