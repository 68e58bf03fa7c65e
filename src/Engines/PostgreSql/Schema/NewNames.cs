namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Puts new names of tables, columns and others into a schema: into identities and the properties that point to an object by its
/// identity. Definitions stay: they are the server's text.</summary>
internal static class NewNames
{
    private static readonly string[] s_pointers = ["table", "on", "owned by", "parents", "partition parent", "parent index"];

    public static IReadOnlyList<SchemaObject> PutInto(IReadOnlyList<SchemaObject> objects, IReadOnlyList<(SchemaObject From, SchemaObject To)> renames)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (from, to) in renames) names.TryAdd(from.Identity, to.Identity);
        var result = new Dictionary<(string, string), SchemaObject>();
        foreach (var item in objects)
        {
            var renamed = Put(item, names);
            result.TryAdd(SchemaDiff.Key(renamed), renamed);
        }

        return [.. result.Values];
    }

    private static SchemaObject Put(SchemaObject item, Dictionary<string, string> names)
    {
        var properties = item.Properties.Select(property => s_pointers.Contains(property.Name)
            ? property with { Value = InPointer(property.Value, names) }
            : property).ToArray();
        var identity = item.Kind is "grant" or "revocation" && item["on"] is { Length: > 0 } on
            ? item.Identity.Replace(on, InPointer(on, names), StringComparison.Ordinal)
            : InName(item.Identity, names);
        return new SchemaObject(item.Kind, identity, properties);
    }

    // The qualified name itself, or the one that it starts with.
    private static string InName(string name, Dictionary<string, string> names)
    {
        if (names.TryGetValue(name, out var to)) return to;
        var (qualifier, last) = Parent.Split(name);
        return qualifier is null ? name : $"{InName(qualifier, names)}.{last}";
    }

    // "table public.orders" or "public.orders.id".
    private static string InPointer(string pointer, Dictionary<string, string> names)
    {
        foreach (var kind in (string[])["table ", "column ", "foreign table ", "view ", "materialized view ", "sequence "])
            if (pointer.StartsWith(kind, StringComparison.Ordinal)) return kind + InName(pointer[kind.Length..], names);

        return InName(pointer, names);
    }
}
