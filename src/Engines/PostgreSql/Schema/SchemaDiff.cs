namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Compares two schemas.</summary>
public static class SchemaDiff
{
    /// <summary>What differs, in the order schemas, types, tables with their parts, functions, access. Empty exactly when the fingerprints
    /// are equal.</summary>
    /// <param name="expected">What should be there.</param>
    /// <param name="actual">What is there.</param>
    public static IReadOnlyList<SchemaDifference> Compare(SchemaSnapshot expected, SchemaSnapshot actual)
    {
        if (expected.Fingerprint == actual.Fingerprint) return [];
        var (renames, renamed) = RenameSearch.Run(expected.Objects, actual.Objects);
        var before = renamed.ToDictionary(Key);
        var after = actual.Objects.ToDictionary(Key);
        var removed = before.Values.Where(item => !after.ContainsKey(Key(item))).ToArray();
        var added = after.Values.Where(item => !before.ContainsKey(Key(item))).ToArray();
        return
        [
            .. renames
                .Concat(Whole(DifferenceKind.Removed, removed))
                .Concat(Whole(DifferenceKind.Added, added))
                .Concat(before.Values.Where(item => after.ContainsKey(Key(item))).Select(item => Changed(item, after[Key(item)])).OfType<SchemaDifference>())
                .OrderBy(difference => KindOrder.Of(difference.Object.Kind))
                .ThenBy(difference => difference.Object.Identity, StringComparer.Ordinal)
                .ThenBy(difference => difference.Object.Kind, StringComparer.Ordinal)
                .ThenBy(difference => difference.Kind),
        ];
    }

    internal static (string Kind, string Identity) Key(SchemaObject item) => (item.Kind, item.Identity);

    private static SchemaDifference? Changed(SchemaObject expected, SchemaObject actual)
    {
        if (expected.Properties.SequenceEqual(actual.Properties)) return null;
        var changes = expected.Properties.Concat(actual.Properties).Select(property => property.Name)
            .Distinct(StringComparer.Ordinal)
            .Select(name => new PropertyChange(name, expected[name], actual[name]))
            .Where(change => change.Expected != change.Actual)
            .ToArray();
        return new SchemaDifference(DifferenceKind.Changed, expected, changes);
    }

    // A table that is missing is one difference, and its columns are parts of it.
    private static IEnumerable<SchemaDifference> Whole(DifferenceKind kind, IReadOnlyList<SchemaObject> items)
    {
        var owners = new Dictionary<string, SchemaObject>(StringComparer.Ordinal);
        foreach (var item in items)
            if (Parent.CanBe(item)) owners.TryAdd(item.Identity, item);

        var parts = new Dictionary<SchemaObject, List<SchemaObject>>(ReferenceEqualityComparer.Instance);
        var wholes = new List<SchemaObject>();
        foreach (var item in items)
        {
            if (Topmost(item, owners) is not { } whole) wholes.Add(item);
            else if (parts.TryGetValue(whole, out var list)) list.Add(item);
            else parts.Add(whole, [item]);
        }

        return wholes.Select(whole => new SchemaDifference(kind, whole, []) { Parts = parts.TryGetValue(whole, out var list) ? list : [] });
    }

    private static SchemaObject? Topmost(SchemaObject item, Dictionary<string, SchemaObject> owners)
    {
        SchemaObject? top = null;
        var seen = new HashSet<SchemaObject>(ReferenceEqualityComparer.Instance) { item };
        while (Parent.Of(top ?? item) is { } identity && owners.TryGetValue(identity, out var owner))
        {
            // Objects that are parts of each other stand for themselves: no difference may go untold.
            if (!seen.Add(owner)) return null;
            top = owner;
        }

        return top;
    }
}
