namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Finds what was probably renamed: one object missing and one added, of the same kind under the same parent, alike in all else.</summary>
internal static class RenameSearch
{
    private static readonly string[] s_relations = ["table", "foreign table"];
    private static readonly string[] s_columns = ["column"];

    // Kinds whose properties say enough; a grant to somebody else or a schema with nothing in common is no rename.
    private static readonly string[] s_others =
    [
        "constraint", "index", "trigger", "policy", "view", "materialized view", "sequence", "enum", "domain", "composite type", "statistics",
    ];

    /// <summary>The renames, and the expected objects with the new names put in. Tables come first, so that the columns of a renamed table
    /// are compared with those of the same table.</summary>
    public static (IReadOnlyList<SchemaDifference> Renames, IReadOnlyList<SchemaObject> Expected) Run(
        IReadOnlyList<SchemaObject> expected, IReadOnlyList<SchemaObject> actual)
    {
        var renames = new List<SchemaDifference>();
        foreach (var kinds in new[] { s_relations, s_columns, s_others })
        {
            var pairs = Pairs(expected, actual, kinds);
            if (pairs.Count == 0) continue;
            renames.AddRange(pairs.Select(pair => new SchemaDifference(DifferenceKind.Changed, pair.From,
                [new PropertyChange("name", pair.From.Identity, pair.To.Identity)])));
            expected = NewNames.PutInto(expected, pairs);
        }

        return (renames, expected);
    }

    private static List<(SchemaObject From, SchemaObject To)> Pairs(
        IReadOnlyList<SchemaObject> expected, IReadOnlyList<SchemaObject> actual, string[] kinds)
    {
        var missing = Only(expected, actual, kinds);
        var added = Only(actual, expected, kinds);
        if (missing.Count == 0 || added.Count == 0) return [];
        var candidates = added.ToLookup(Likeness(actual), StringComparer.Ordinal);
        return
        [
            .. missing.GroupBy(Likeness(expected), StringComparer.Ordinal)
                .Where(group => group.Key.Length > 0 && group.Count() == 1 && candidates[group.Key].Count() == 1)
                .Select(group => (group.First(), candidates[group.Key].First())),
        ];
    }

    private static List<SchemaObject> Only(IReadOnlyList<SchemaObject> these, IReadOnlyList<SchemaObject> others, string[] kinds)
    {
        var known = others.Where(item => kinds.Contains(item.Kind)).Select(SchemaDiff.Key).ToHashSet();
        return [.. these.Where(item => kinds.Contains(item.Kind) && !known.Contains(SchemaDiff.Key(item)))];
    }

    // Two objects that may be one under two names have the same likeness; empty when there is too little to tell.
    private static Func<SchemaObject, string> Likeness(IReadOnlyList<SchemaObject> all)
    {
        var columns = all.Where(item => item.Kind == "column").ToLookup(item => Parent.Of(item), StringComparer.Ordinal);
        return item =>
        {
            var ofTable = item.Kind is "table" or "foreign table";
            var parts = ofTable ? columns[item.Identity].Select(column => Parent.Split(column.Identity).Name + "\x1e" + Properties(column)) : [];
            var properties = Properties(item) + string.Join("\x1d", parts.Order(StringComparer.Ordinal));
            if (properties.Length == 0) return "";
            return $"{item.Kind}\x1c{Parent.Of(item) ?? Parent.Split(item.Identity).Qualifier}\x1c{properties}";
        };
    }

    private static string Properties(SchemaObject item) =>
        string.Join('\x1f', item.Properties.SelectMany(property => new[] { property.Name, property.Value }));
}
