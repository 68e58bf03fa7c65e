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
    private static readonly Dictionary<string, (int Length, int Alignment)> Fixed = new(StringComparer.Ordinal)
    {
        ["bool"] = (1, 1), ["char"] = (1, 1), ["int2"] = (2, 2), ["int4"] = (4, 4), ["oid"] = (4, 4), ["float4"] = (4, 4), ["date"] = (4, 4),
        ["int8"] = (8, 8), ["float8"] = (8, 8), ["money"] = (8, 8), ["time"] = (8, 8), ["timestamp"] = (8, 8), ["timestamptz"] = (8, 8),
        ["timetz"] = (12, 8), ["interval"] = (16, 8), ["uuid"] = (16, 1), ["macaddr"] = (6, 4),
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
        var columns = new List<(string Name, int Length, int Alignment)>();
        foreach (var column in create.Node.List("tableElts", "ColumnDef"))
        {
            if (NewColumns.TypeOf(column)?.Stored is not { } type || SizeOf(type, create.Before) is not var (length, alignment))
                return null;
            columns.Add((column.Text("colname") ?? "", length, alignment));
        }

        var best = columns.OrderBy(column => column.Length == 0).ThenByDescending(column => column.Alignment).ToList();
        return new RowLayout(Empty(columns) - Empty(best), [.. best.Select(column => column.Name)]);
    }

    /// <summary>Zero bytes stand for a varying length.</summary>
    private static (int Length, int Alignment)? SizeOf(ColumnType type, KnownSchema known) =>
        type.IsArray || Varying.Contains(type.Name) ? (0, 1)
        : Fixed.TryGetValue(type.Name, out var size) ? size
        : known.Types.GetValueOrDefault(type.Name.Contains('.', StringComparison.Ordinal) ? type.Name : $"{known.DefaultSchema}.{type.Name}") is { IsEnumeration: true } ? (4, 4)
        : null;

    private static int Empty(List<(string Name, int Length, int Alignment)> columns)
    {
        var (offset, empty) = (0, 0);
        foreach (var (_, length, alignment) in columns)
        {
            var gap = length == 0 ? 0 : (alignment - (offset % alignment)) % alignment;
            empty += gap;
            offset = length == 0 ? 0 : offset + gap + length;
        }

        var hasVarying = columns.Any(column => column.Length == 0);
        return empty + (hasVarying ? 0 : (RowAlignment - (offset % RowAlignment)) % RowAlignment);
    }
}
