using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>How the columns of a new table lie in a row, and how they would lie best.</summary>
/// <param name="SavedBytes">Bytes of each row that another order saves. Behind a value of varying length the place of the next one is not known; it is taken to be right.</param>
/// <param name="BestOrder">That order.</param>
internal sealed record RowLayout(int SavedBytes, IReadOnlyList<string> BestOrder)
{
    /// <summary>A row's data begins and ends at a multiple of eight (MAXALIGN).</summary>
    private const int RowAlignment = 8;

    /// <summary>Length and alignment in bytes (typlen and typalign of PostgreSQL's pg_type).</summary>
    private static readonly Dictionary<string, Size> Fixed = new(StringComparer.Ordinal)
    {
        ["bool"] = new(1, 1), ["char"] = new(1, 1), ["int2"] = new(2, 2), ["int4"] = new(4, 4), ["oid"] = new(4, 4), ["float4"] = new(4, 4), ["date"] = new(4, 4),
        ["int8"] = new(8, 8), ["float8"] = new(8, 8), ["money"] = new(8, 8), ["time"] = new(8, 8), ["timestamp"] = new(8, 8), ["timestamptz"] = new(8, 8),
        ["timetz"] = new(12, 8), ["interval"] = new(16, 8), ["uuid"] = new(16, 1), ["macaddr"] = new(6, 4),
    };

    private static readonly HashSet<string> Varying = new(StringComparer.Ordinal)
    {
        "text", "varchar", "bpchar", "bytea", "json", "jsonb", "numeric", "inet", "cidr", "xml", "tsvector", "bit", "varbit", "citext",
    };

    /// <summary>The layout of a CREATE TABLE; null when a type is not known.</summary>
    public static RowLayout? Of(LintedStatement create)
    {
        if (create.Node.List("inhRelations").Any() || create.Node.List("tableElts", "TableLikeClause").Any())
            return null;
        var columns = new List<Place>();
        foreach (var column in create.Node.List("tableElts", "ColumnDef"))
        {
            if (NewColumns.TypeOf(column)?.Stored is not { } type || SizeOf(type, create.Before) is not { } size)
                return null;
            columns.Add(new Place(column.Text("colname") ?? "", size));
        }

        var best = columns.OrderBy(column => column.Size.Length == 0 ? 1 : 0).ThenByDescending(column => column.Size.Alignment).ToList();
        return new RowLayout(Empty(columns) - Empty(best), [.. best.Select(column => column.Name)]);
    }

    /// <summary>Zero bytes stand for a varying length.</summary>
    private static Size? SizeOf(ColumnType type, KnownSchema known) =>
        type.IsArray || Varying.Contains(type.Name) ? new Size(0, 1)
        : Fixed.TryGetValue(type.Name, out var size) ? size
        : known.Types.GetValueOrDefault(type.Name.Contains('.', StringComparison.Ordinal) ? type.Name : $"{known.DefaultSchema}.{type.Name}") is { IsEnumeration: true } ? new Size(4, 4)
        : null;

    private static int Empty(List<Place> columns)
    {
        var (offset, empty) = (0, 0);
        foreach (var column in columns)
        {
            var (length, alignment) = column.Size;
            var gap = length == 0 ? 0 : (alignment - (offset % alignment)) % alignment;
            empty += gap;
            offset = length == 0 ? 0 : offset + gap + length;
        }

        var hasVarying = columns.Exists(column => column.Size.Length == 0);
        return empty + (hasVarying ? 0 : (RowAlignment - (offset % RowAlignment)) % RowAlignment);
    }

    /// <summary>Classes: the runtime comes with code for lists of those, and would compile it for lists of tuples at each start.</summary>
    private sealed record Size(int Length, int Alignment);

    private sealed record Place(string Name, Size Size);
}
