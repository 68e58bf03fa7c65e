namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Says one changed property as the predicate of a sentence: <c>changed type from integer to bigint</c>, <c>became not null</c>.</summary>
internal static class ChangeWords
{
    private static readonly string[] s_adjectives = ["not null", "unique", "invalid", "clustered", "restrictive", "nondeterministic", "the type's default"];

    // What the absence of a property means, where that has a word of its own.
    private static readonly Dictionary<string, string> s_usual = new(StringComparer.Ordinal)
    {
        ["persistence"] = "permanent",
        ["state"] = "enabled",
        ["replica identity"] = "default",
        ["access method"] = "heap",
        ["storage"] = "the type's own",
        ["collation"] = "the type's own",
        ["compression"] = "the server's default",
        ["statistics target"] = "the server's default",
    };

    public static int Rank(PropertyChange change) => change.Name switch
    {
        "type" => 0,
        "comment" or "index comment" => 2,
        _ => 1,
    };

    public static string Of(PropertyChange change)
    {
        var (name, expected, actual) = change;
        if (expected is "yes" || actual is "yes") return Flag(name, on: actual is not null);
        if (s_usual.TryGetValue(name, out var usual)) return $"changed {name} from {expected ?? usual} to {actual ?? usual}";
        if (expected is null) return $"gained {Term(name, actual!)}";
        if (actual is null) return $"lost {Term(name, expected)}";
        return $"changed {name} {Excerpt.OfBoth(Quoted(name, expected), Quoted(name, actual))}";
    }

    private static string Flag(string name, bool on) => s_adjectives.Contains(name)
        ? on ? $"became {name}" : $"is no longer {name}"
        : $"turned {name} {(on ? "on" : "off")}";

    private static string Term(string name, string value) => $"{name} {Excerpt.Of(Quoted(name, value))}";

    // A comment is free text: without quotes it would run into the sentence.
    private static string Quoted(string name, string value) => name is "comment" or "index comment" ? $"\"{value}\"" : value;
}
