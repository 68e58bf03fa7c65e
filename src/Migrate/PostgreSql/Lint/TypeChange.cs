namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>What ALTER COLUMN TYPE can leave as it is.</summary>
internal static class TypeChange
{
    /// <summary>Types whose values are stored the same way (castmethod 'b' in pg_cast), as pairs of from and to.</summary>
    private static readonly HashSet<(string From, string To)> SameBytes =
    [
        ("text", "varchar"), ("varchar", "text"), ("cidr", "inet"), ("bit", "varbit"), ("xml", "text"), ("xml", "varchar"), ("int4", "oid"), ("oid", "int4"),
    ];

    /// <summary>Of these, the ones whose indexes stay too, because both use the same operators.</summary>
    private static readonly HashSet<(string From, string To)> SameOperators = [("text", "varchar"), ("varchar", "text"), ("cidr", "inet")];

    /// <summary>Whether the rows stay as they are (ATColumnChangeRequiresRewrite in PostgreSQL's tablecmds.c, and the support functions of varchar, numeric, varbit and the types of time).</summary>
    public static bool KeepsRows(ColumnType from, ColumnType to)
    {
        if (from.SameAs(to))
            return true;
        if (from.IsArray || to.IsArray)
            return false;
        if (from.Name != to.Name)
            return SameBytes.Contains((from.Name, to.Name)) && to.Modifiers.Count == 0;
        return to.Name switch
        {
            "varchar" or "varbit" => to.Modifiers is [] || (from.Modifiers is [var old] && to.Modifiers is [var length] && length >= old),
            "numeric" => to.Modifiers is [] || (from.Modifiers.Count > 0 && to.Modifiers[0] >= from.Modifiers[0] && Scale(to) == Scale(from)),
            "timestamp" or "timestamptz" or "time" or "timetz" or "interval" => Precision(to) is { } wanted && Precision(from) is { } had && wanted >= had,
            _ => false,
        };
    }

    /// <summary>Whether indexes of the plain column stay as well, when the rows do.</summary>
    public static bool KeepsIndexes(ColumnType from, ColumnType to) => from.Name == to.Name || SameOperators.Contains((from.Name, to.Name));

    /// <summary>Whether the rows stay if, and only if, the session's TimeZone is UTC (PostgreSQL 12 and later).</summary>
    public static bool DependsOnTimeZone(ColumnType from, ColumnType to) =>
        (from.Name, to.Name) is ("timestamp", "timestamptz") or ("timestamptz", "timestamp") && !from.IsArray && !to.IsArray && Precision(to) >= Precision(from);

    private static int Scale(ColumnType numeric) => numeric.Modifiers.Count > 1 ? numeric.Modifiers[1] : 0;

    /// <summary>Digits of the fraction of a second, six unless written; null for an interval with fields such as YEAR TO MONTH.</summary>
    private static int? Precision(ColumnType type)
    {
        // INTERVAL_FULL_RANGE of timestamp.h stands before an interval's precision in the parse tree.
        const int allFields = 0x7FFF;
        return type.Modifiers switch
        {
            [] when type.Name.StartsWith("interval ", StringComparison.Ordinal) => null,
            [] => 6,
            [allFields, var precision] => precision,
            [var precision] when type.Name != "interval" || precision <= 6 => precision,
            _ => null,
        };
    }
}
