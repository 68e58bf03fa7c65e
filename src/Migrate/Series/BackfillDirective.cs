using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>A line <c>-- lk: backfill</c> before an UPDATE or DELETE, which then runs in batches.</summary>
/// <param name="Key">The columns that batches go along; empty to find them in the target.</param>
/// <param name="MaxRows">The most rows that a batch may look at; null for the configured number.</param>
/// <param name="Pause">The pause after each batch; null for the configured one.</param>
/// <param name="At">Where it stands.</param>
internal sealed record BackfillDirective(IReadOnlyList<string> Key, int? MaxRows, TimeSpan? Pause, SourcePosition At)
{
    private const string Word = "backfill";

    /// <summary>Whether the words of a <c>-- lk:</c> comment are such a directive.</summary>
    public static bool IsOne(ReadOnlySpan<char> words) => words.StartsWith(Word, StringComparison.Ordinal) && (words.Length == Word.Length || words[Word.Length] is ' ' or '\t' or ':');

    /// <summary>Reads the words after <c>-- lk:</c>: options, each <c>name: value</c>, with commas between them.</summary>
    /// <exception cref="LockkeeperException">An option is not known or has no such value.</exception>
    public static BackfillDirective Parse(ReadOnlySpan<char> words, SourcePosition at)
    {
        var directive = new BackfillDirective([], null, null, at);
        foreach (var (name, value) in Options(words[Word.Length..].ToString(), at))
        {
            directive = name switch
            {
                "key" when Names(value) is { Count: > 0 } key => directive with { Key = key },
                "max_rows" when int.TryParse(value.Replace("_", "", StringComparison.Ordinal), out var rows) && rows > 0 => directive with { MaxRows = rows },
                "pause" when Durations.TryParse(value, out var pause) => directive with { Pause = pause },
                _ => throw Wrong($"'{name}: {value}' is no option of a backfill", at),
            };
        }

        return directive;
    }

    /// <summary>The names of a list such as <c>a, "B"</c> or <c>(a, "B")</c>, as the catalog has them.</summary>
    public static IReadOnlyList<string> Names(string list)
    {
        var inner = list.Trim();
        if (inner.StartsWith('(') && inner.EndsWith(')'))
            inner = inner[1..^1];
        return [.. inner.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Name)];
    }

    private static string Name(string written) => written is ['"', .., '"'] && written.Length > 2
        ? written[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
        : written.ToLowerInvariant();

    /// <summary>A part without a colon goes on with the value before it: <c>key: a, b, pause: 1s</c>.</summary>
    private static IEnumerable<(string Name, string Value)> Options(string text, SourcePosition at)
    {
        var options = new List<(string Name, string Value)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':');
            var goesOn = part.StartsWith('"');
            if (colon > 0 && !goesOn)
                options.Add((part[..colon].Trim(), part[(colon + 1)..].Trim()));
            else if ((colon < 0 || goesOn) && options.Count > 0)
                options[^1] = (options[^1].Name, $"{options[^1].Value}, {part}");
            else
                throw Wrong($"'{part}' is no option of a backfill", at);
        }

        if (options.GroupBy(option => option.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw Wrong($"'{twice.Key}' stands twice", at);
        return options;
    }

    private static LockkeeperException Wrong(string what, SourcePosition at) =>
        new(MigrateErrors.BadDirective, what, "Write '-- lk: backfill', or options after it: '-- lk: backfill key: id, max_rows: 50000, pause: 10ms'.", at);
}
