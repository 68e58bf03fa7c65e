namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>The one order of objects and properties; by code units, so that no server's or machine's collation has a say.</summary>
internal static class CanonicalOrder
{
    public static IReadOnlyList<SchemaObject> Sort(IEnumerable<SchemaObject> objects)
    {
        var sorted = objects.Select(SortProperties).ToArray();
        Array.Sort(sorted, Compare);
        for (var i = 1; i < sorted.Length; i++)
            if (Compare(sorted[i - 1], sorted[i]) == 0)
                throw new ArgumentException($"{sorted[i]} stands twice", nameof(objects));

        return sorted;
    }

    public static int Compare(SchemaObject left, SchemaObject right)
    {
        var byKind = string.CompareOrdinal(left.Kind, right.Kind);
        return byKind != 0 ? byKind : string.CompareOrdinal(left.Identity, right.Identity);
    }

    private static SchemaObject SortProperties(SchemaObject item)
    {
        var properties = item.Properties;
        var ordered = true;
        for (var i = 1; i < properties.Count; i++)
        {
            var order = string.CompareOrdinal(properties[i - 1].Name, properties[i].Name);
            ordered &= order < 0;
        }

        if (ordered) return item;
        var sorted = properties.OrderBy(property => property.Name, StringComparer.Ordinal).ToArray();
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i - 1].Name == sorted[i].Name)
                throw new ArgumentException($"{item} has the property {sorted[i].Name} twice", nameof(item));

        return item with { Properties = sorted };
    }
}
