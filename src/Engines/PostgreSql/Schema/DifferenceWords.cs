namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Says a difference in one sentence.</summary>
internal static class DifferenceWords
{
    // Names and comments may hold line ends, and escape codes that a terminal would obey.
    public static string Of(SchemaDifference difference)
    {
        var sentence = Sentence(difference);
        return sentence.Any(char.IsControl) ? string.Concat(sentence.Select(c => char.IsControl(c) ? ' ' : c)) : sentence;
    }

    private static string Sentence(SchemaDifference difference)
    {
        var item = difference.Object;
        return difference.Kind switch
        {
            DifferenceKind.Added => $"{Named(item)} was added{Details(difference)}",
            DifferenceKind.Removed => $"{Named(item)} is missing{Details(difference)}",
            _ when difference.Changes is [{ Name: "name" } rename] => $"{item} looks renamed to {NewName(rename)}",
            _ => $"{item} {Joined([.. difference.Changes.OrderBy(ChangeWords.Rank).Select(ChangeWords.Of)])}",
        };
    }

    // "grant of SELECT on table public.orders to app"
    private static string Named(SchemaObject item) =>
        item["privileges"] is { } privileges ? $"{item.Kind} of {privileges} {item.Identity}" : item.ToString();

    private static string NewName(PropertyChange rename)
    {
        var (expected, actual) = (Parent.Split(rename.Expected!), Parent.Split(rename.Actual!));
        return expected.Qualifier == actual.Qualifier ? actual.Name : rename.Actual!;
    }

    private static string Details(SchemaDifference difference)
    {
        var item = difference.Object;
        IEnumerable<string> details = item.Kind switch
        {
            "column" => ColumnDetails(item),
            "constraint" or "index" or "trigger" => new[] { item["definition"], item["state"] }.OfType<string>().Select(Excerpt.Of),
            "enum" => item["labels"] is { } labels ? [labels] : [],
            _ => item["grant option"] is { } options ? [$"with grant option for {options}"] : [],
        };
        string[] all = [.. details, .. Counted(difference.Parts)];
        return all.Length == 0 ? "" : $" ({string.Join(", ", all)})";
    }

    private static IEnumerable<string> ColumnDetails(SchemaObject column)
    {
        if (column["type"] is { } type) yield return type;
        if (column["not null"] is not null) yield return "not null";
        if (column["default"] is { } value) yield return "default " + Excerpt.Of(value);
        if (column["identity"] is { } identity) yield return $"generated {identity} as identity";
        if (column["generated"] is { } generated) yield return "generated as " + Excerpt.Of(generated);
    }

    private static IEnumerable<string> Counted(IReadOnlyList<SchemaObject> parts) =>
        parts.GroupBy(part => part.Kind).OrderBy(group => KindOrder.Of(group.Key)).Select(group => $"{group.Count()} {Plural(group.Key, group.Count())}");

    private static string Plural(string kind, int count) => (count, kind) switch
    {
        (1, _) or (_, "statistics") => kind,
        (_, "index") => "indexes",
        (_, "policy") => "policies",
        _ => kind + "s",
    };

    private static string Joined(string[] words) =>
        words.Length <= 1 ? string.Concat(words) : $"{string.Join(", ", words[..^1])} and {words[^1]}";
}
