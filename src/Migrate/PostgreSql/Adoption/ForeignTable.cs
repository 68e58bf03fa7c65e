namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>A column by which a tool's table is known.</summary>
/// <param name="Name">Its name, exactly.</param>
/// <param name="Types">The types that it may have, as <c>format_type(oid, null)</c> writes them: <c>bigint</c>, <c>character varying</c>; any when none is given.</param>
internal sealed record ForeignColumn(string Name, params IReadOnlyList<string> Types);

/// <summary>How a table of another tool is known in the catalog.</summary>
/// <param name="Name">The name that the tool gives it by default, exactly.</param>
/// <param name="Columns">Columns that it must have.</param>
internal sealed record ForeignTable(string Name, params IReadOnlyList<ForeignColumn> Columns)
{
    /// <summary>The schema that the tool makes for itself; null when its table stands in any schema of the search path. A schema of its own is left out whole when schemas are compared.</summary>
    public string? OwnSchema { get; init; }

    /// <summary>Whether further columns would make it another tool's table: two tools call theirs <c>schema_migrations</c>.</summary>
    public bool NoOtherColumns { get; init; }

    /// <summary>Whether a table with these columns is this one.</summary>
    /// <param name="columns">Name and type of each column.</param>
    public bool Fits(IReadOnlyDictionary<string, string> columns) =>
        Columns.All(column => columns.TryGetValue(column.Name, out var type) && (column.Types.Count == 0 || column.Types.Contains(type)))
        && (!NoOtherColumns || columns.Count == Columns.Count);
}
