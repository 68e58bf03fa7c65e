namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>How an object differs.</summary>
public enum DifferenceKind
{
    /// <summary>It is in the actual schema only.</summary>
    Added,

    /// <summary>It is in the expected schema only.</summary>
    Removed,

    /// <summary>It is in both, with other properties or, by the looks of it, another name.</summary>
    Changed,
}

/// <summary>One property that differs.</summary>
/// <param name="Name">The property; <c>name</c> for what looks renamed.</param>
/// <param name="Expected">The expected value; null where the property is absent.</param>
/// <param name="Actual">The actual value; null where the property is absent.</param>
public sealed record PropertyChange(string Name, string? Expected, string? Actual);

/// <summary>One difference of two schemas.</summary>
/// <param name="Kind">Which way.</param>
/// <param name="Object">The object: the actual one when added, else the expected one.</param>
/// <param name="Changes">What differs of a changed object; else empty.</param>
public sealed record SchemaDifference(DifferenceKind Kind, SchemaObject Object, IReadOnlyList<PropertyChange> Changes)
{
    /// <summary>What came or went along with the object: the columns, constraints, indexes, grants of a table.</summary>
    public IReadOnlyList<SchemaObject> Parts { get; init; } = [];

    /// <summary>The difference in one plain sentence without a full stop, in one line.</summary>
    public string Words => DifferenceWords.Of(this);

    /// <summary>The same as <see cref="Words"/>.</summary>
    public override string ToString() => Words;
}
