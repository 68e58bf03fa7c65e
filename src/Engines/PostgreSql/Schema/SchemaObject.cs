namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>One property of a schema object. A property that has its usual value is absent, so there is no "empty" value.</summary>
/// <param name="Name">What it is, in plain words: <c>type</c>, <c>not null</c>, <c>definition</c>.</param>
/// <param name="Value">Its value as the server writes it; <c>yes</c> for a flag.</param>
public sealed record SchemaProperty(string Name, string Value);

/// <summary>One object of a schema: a table, a column, an index, a grant.</summary>
/// <param name="Kind">What it is, in PostgreSQL's words: <c>table</c>, <c>column</c>, <c>materialized view</c>.</param>
/// <param name="Identity">Its qualified name, quoted where SQL needs it: <c>public.orders</c>, <c>public.orders.note</c>,
/// <c>public.f(integer,text)</c>. Kind and identity together are unique in a database.</param>
/// <param name="Properties">Its properties, sorted by name; comments are one of them.</param>
public sealed record SchemaObject(string Kind, string Identity, IReadOnlyList<SchemaProperty> Properties)
{
    /// <summary>The value of a property, or null where it is absent.</summary>
    /// <param name="name">The property's name.</param>
    public string? this[string name] => Properties.FirstOrDefault(property => property.Name == name)?.Value;

    /// <summary>Two objects are equal when kind, identity and all properties are.</summary>
    /// <param name="other">The other one.</param>
    public bool Equals(SchemaObject? other) =>
        other is not null && Kind == other.Kind && Identity == other.Identity && Properties.SequenceEqual(other.Properties);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Identity, Properties.Count);

    /// <summary>Kind and identity, for example <c>column public.orders.note</c>.</summary>
    public override string ToString() => $"{Kind} {Identity}";
}
