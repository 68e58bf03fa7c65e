using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Tells whether the WHERE of an UPDATE or DELETE holds its rows to a part of a key.</summary>
/// <remarks>Of a table whose keys are not known, a comparison of any column with a value counts: what is not known is not held against it.</remarks>
internal static class KeyBound
{
    public static bool Holds(RowWrite write)
    {
        if (write.Node.Node("whereClause") is not { } where)
            return false;
        var keys = write.Statement.Before.IndexesOf(write.Table).Where(index => index is { IsUnique: true, IsPartial: false }).Select(index => index.Columns[0]).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return Holds(where, column => keys.Count == 0 || keys.Contains(column) || column == "ctid");
    }

    private static bool Holds(TreeNode condition, Func<string, bool> isKey)
    {
        var (kind, node) = condition.Unwrap();
        return kind switch
        {
            "BoolExpr" => node.Text("boolop") switch
            {
                "AND_EXPR" => node.List("args").Any(part => Holds(part, isKey)),
                "OR_EXPR" => node.List("args").All(part => Holds(part, isKey)),
                _ => false,
            },
            "A_Expr" => Compares(node, isKey),
            "CurrentOfExpr" => true,
            _ => false,
        };
    }

    private static bool Compares(TreeNode expression, Func<string, bool> isKey)
    {
        var (left, right) = (Column(expression, "lexpr"), Column(expression, "rexpr"));
        // A column on both sides joins: the other table decides how many rows that are.
        if (left is not null && right is not null)
            return false;
        var isRight = left is null && right is not null;
        if ((left ?? right) is not { } column || !isKey(column))
            return false;
        return expression.Text("kind") switch
        {
            "AEXPR_BETWEEN" or "AEXPR_BETWEEN_SYM" => true,
            "AEXPR_IN" or "AEXPR_OP_ANY" => expression.Strings("name") is ["="],
            // Only an upper limit: keys begin at the bottom and grow at the top.
            "AEXPR_OP" => expression.Strings("name") is [var sign] && (sign == "=" || (isRight ? sign is ">" or ">=" : sign is "<" or "<=")),
            _ => false,
        };
    }

    private static string? Column(TreeNode expression, string side) => expression.Node(side)?.Node("ColumnRef")?.Strings("fields").LastOrDefault();
}
