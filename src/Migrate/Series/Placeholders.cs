using System.Text;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>Replaces placeholders in scripts, in the syntax of their format.</summary>
/// <param name="format">The series' format.</param>
/// <param name="values">Values by name.</param>
internal sealed class Placeholders(string format, IReadOnlyDictionary<string, string> values)
{
    /// <summary>Characters of a placeholder, at most, in a script that is read as a stream.</summary>
    private const int Longest = 4096;

    private readonly PlaceholderSyntax syntax = PlaceholderSyntax.Of(format);

    /// <summary>Names and values, to tell whether two replace alike.</summary>
    public string Values { get; } = values.Count == 0 ? format : string.Join('\n', values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}").Prepend(format));

    /// <summary>The script's text with the values in place. A value is not searched for placeholders again.</summary>
    /// <exception cref="LockkeeperException">A placeholder that must have a value has none.</exception>
    public string Replace(MigrationScript script)
    {
        var text = script.Text;
        if (!Concerns(script))
            return text;
        var (replacement, result) = (new Replacement(this, script), new StringBuilder());
        replacement.Replace(text, isLast: true, result);
        return replacement.HasReplaced ? result.ToString() : text;
    }

    /// <summary>Reads a large script with the values in place.</summary>
    /// <exception cref="LockkeeperException">As <see cref="Replace"/>, when the place is reached.</exception>
    public TextReader Open(MigrationScript script)
    {
        var source = script.Large!.Open();
        return Concerns(script) ? new PlaceholderReader(source, new Replacement(this, script).Replace) : source;
    }

    private bool Concerns(MigrationScript script) =>
        script.ReplacePlaceholders && (syntax.Required || syntax.BuiltIn.Count > 0 || script.RequirePlaceholders || values.Count > 0);

    private string? Value(string name, string file) =>
        name == "flyway:filename" ? Path.GetFileName(file)
        : values.TryGetValue(name, out var exact) ? exact
        : !syntax.AnyCase ? null
        : values.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private string? Exact(string name) => values.GetValueOrDefault(name);

    private LockkeeperException Unknown(string name, SourcePosition at) => new(
        MigrateErrors.UnknownPlaceholder, $"the placeholder {syntax.Open}{name}{syntax.Close} has no value",
        values.Count == 0 ? "Give it one under placeholders of the database in lockkeeper.yaml." : $"Known placeholders: {string.Join(", ", values.Keys.Order(StringComparer.Ordinal))}.", at);

    /// <summary>Goes through one script, piece by piece.</summary>
    private sealed class Replacement(Placeholders all, MigrationScript script)
    {
        private readonly PlaceholderSyntax syntax = all.syntax;
        private int line = script.FirstLine;
        private int column = 1;

        /// <summary>Whether there was any.</summary>
        public bool HasReplaced { get; private set; }

        /// <inheritdoc cref="PieceReplacement"/>
        public int Replace(string text, bool isLast, StringBuilder result)
        {
            var (copied, at) = (0, 0);
            // What stands at the end of a piece may be the beginning of a placeholder.
            var searched = isLast ? text.Length : Math.Max(0, text.Length - Longest);
            while (at < searched)
            {
                var next = Next(text, at);
                if (next < 0 || next >= searched)
                    break;
                // "::" is a cast; ":::name" is one to a placeholder.
                if (text.AsSpan(next).StartsWith("::"))
                {
                    at = next + 2;
                    continue;
                }

                var (value, end) = text[next] == ':' ? Colon(text, next) : Braces(text, next, isLast);
                at = value is null ? next + 1 : end;
                if (value is null)
                    continue;
                result.Append(text, copied, next - copied).Append(value);
                copied = end;
                HasReplaced = true;
            }

            var done = isLast ? text.Length : Math.Max(at, searched);
            result.Append(text, copied, done - copied);
            var here = PlaceOf(text, done);
            (line, column) = (here.Line, here.Column);
            return done;
        }

        private int Next(string text, int from) =>
            !syntax.Colon ? text.IndexOf(syntax.Open[0], from) : text.AsSpan(from).IndexOfAny(syntax.Open[0], ':') is var found and >= 0 ? from + found : -1;

        private (string? Value, int End) Braces(string text, int at, bool isLast)
        {
            if (string.CompareOrdinal(text, at, syntax.Open, 0, syntax.Open.Length) != 0)
                return default;
            var close = text.IndexOf(syntax.Close, at, StringComparison.Ordinal);
            if (close < 0 && isLast)
                return default;
            // A name that goes on past the piece is none that has a value.
            var name = text[(at + syntax.Open.Length)..(close < 0 ? at + syntax.Open.Length + 40 : close)];
            if (close >= 0 && all.Value(name, script.File) is { } value)
                return (value, close + syntax.Close.Length);
            var isNeeded = syntax.Required || script.RequirePlaceholders || syntax.BuiltIn.Contains(name, StringComparer.OrdinalIgnoreCase);
            return isNeeded ? throw all.Unknown(name, PlaceOf(text, at)) : default;
        }

        private (string? Value, int End) Colon(string text, int at)
        {
            var end = at + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
                end++;
            return (all.Exact(text[(at + 1)..end]), end);
        }

        private SourcePosition PlaceOf(string text, int offset)
        {
            var before = text.AsSpan(0, offset);
            var lines = before.Count('\n');
            return new SourcePosition(script.File, line + lines, lines == 0 ? column + offset : offset - before.LastIndexOf('\n'));
        }
    }
}
