using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>What an UPDATE sets, and whether a row that it has changed can fulfil its condition again.</summary>
internal static class AssignedColumns
{
    private static readonly string[] NeverNull = ["now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "gen_random_uuid", "random", "nextval"];

    /// <summary>The columns that it sets.</summary>
    public static IReadOnlySet<string> Of(TreeNode update) =>
        update.List("targetList", "ResTarget").Select(target => target.Text("name") ?? "").ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether a second run over a row changes nothing more: no new value is made from a column that it sets. A column that is set to itself, for a trigger's sake, is none.</summary>
    public static bool IsRepeatable(TreeNode update)
    {
        var assigned = Of(update);
        return !update.List("targetList", "ResTarget").Any(target => target.Node("val") is { } value
            && value.Node("ColumnRef")?.Strings("fields").LastOrDefault() != target.Text("name") && Fixes.ColumnNames.In(value).Any(assigned.Contains));
    }

    /// <summary>Whether one part of its condition is surely false after it: <c>a IS NULL</c> after <c>SET a = 1</c>. False means only that it is not sure.</summary>
    public static bool MakesFalse(TreeNode update)
    {
        if (update.Node("whereClause") is not { } where)
            return false;
        var assigned = new Dictionary<string, TreeNode>(StringComparer.Ordinal);
        foreach (var target in update.List("targetList", "ResTarget"))
        {
            if (target.Text("name") is { } column && target.Node("val") is { } value && !target.List("indirection").Any())
                assigned[column] = value;
        }

        return Conjuncts(where).Any(part => IsFalseAfter(part, assigned));
    }

    private static IEnumerable<TreeNode> Conjuncts(TreeNode expression) => expression.Node("BoolExpr") is { } all && all.Text("boolop") == "AND_EXPR"
        ? all.List("args").SelectMany(Conjuncts)
        : [expression];

    private static bool IsFalseAfter(TreeNode part, Dictionary<string, TreeNode> assigned)
    {
        var (kind, node) = part.Unwrap();
        switch (kind)
        {
            case "NullTest":
                return node.Text("nulltesttype") == "IS_NULL" && node.Node("arg") is { } tested && New(tested, assigned) is { } value && IsNeverNull(value);
            case "BoolExpr":
                return node.Text("boolop") == "NOT_EXPR" && node.List("args").FirstOrDefault() is { } denied && New(denied, assigned) is { } flag && Constant.IsTrue(flag);
            case "A_Expr" when node.Node("lexpr") is { } left && node.Node("rexpr") is { } right && New(left, assigned) is { } next:
                return node.Text("kind") switch
                {
                    "AEXPR_DISTINCT" => Same(next, right, assigned),
                    "AEXPR_OP" when node.Strings("name") is ["<>"] or ["!="] => Same(next, right, assigned),
                    "AEXPR_OP" when node.Strings("name") is ["="] => AreDifferentConstants(next, right),
                    _ => false,
                };
            default:
                return false;
        }
    }

    /// <summary>The new value of a column.</summary>
    private static TreeNode? New(TreeNode expression, Dictionary<string, TreeNode> assigned) =>
        expression.Node("ColumnRef")?.Strings("fields") is [.., var column] && assigned.TryGetValue(column, out var value) ? value : null;

    private static bool IsNeverNull(TreeNode expression)
    {
        var (kind, node) = expression.Unwrap();
        return kind switch
        {
            "A_Const" => !node.Is("isnull"),
            "TypeCast" => node.Node("arg") is { } inner && IsNeverNull(inner),
            "CoalesceExpr" => node.List("args").Any(IsNeverNull),
            "SQLValueFunction" => true,
            "FuncCall" => node.Strings("funcname") is [.., var name] && NeverNull.Contains(name),
            _ => false,
        };
    }

    /// <summary>Different numbers, or different texts: of one type and not equal by any reading.</summary>
    private static bool AreDifferentConstants(TreeNode one, TreeNode other) =>
        (one.Node("A_Const")?.Node("sval")?.Text("sval"), other.Node("A_Const")?.Node("sval")?.Text("sval")) is ({ } a, { } b) ? !string.Equals(a.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase)
        : (one.Node("A_Const")?.Node("ival"), other.Node("A_Const")?.Node("ival")) is ({ } m, { } n) ? m.Number("ival") != n.Number("ival")
        : (one.Node("A_Const")?.Node("boolval"), other.Node("A_Const")?.Node("boolval")) is ({ } p, { } q) && p.Is("boolval") != q.Is("boolval");

    /// <summary>Whether two expressions are written alike and give the same value each time: no call among them, and no column that is set.</summary>
    private static bool Same(TreeNode one, TreeNode other, Dictionary<string, TreeNode> assigned)
    {
        return AreAlike(one, other) && !HasCall(one) && !Fixes.ColumnNames.In(one).Any(assigned.ContainsKey);
    }

    /// <summary>Whether two nodes are the same but for their places.</summary>
    private static bool AreAlike(TreeNode one, TreeNode other)
    {
        if (one.Fields.Length != other.Fields.Length)
            return false;
        for (var index = 0; index < one.Fields.Length; index++)
        {
            var (a, b) = (one.Fields[index], other.Fields[index]);
            if (a.Name != b.Name || (a.Name != "location" && !AreAlike(a, b)))
                return false;
        }

        return true;
    }

    private static bool AreAlike(TreeField one, TreeField other)
    {
        if (one.Text != other.Text || one.Number != other.Number || one.IsTrue != other.IsTrue || one.Items.Length != other.Items.Length || one.Node is null != other.Node is null)
            return false;
        for (var index = 0; index < one.Items.Length; index++)
        {
            if (!AreAlike(one.Items[index], other.Items[index]))
                return false;
        }

        return one.Node is not { } node || AreAlike(node, other.Node!);
    }

    private static bool HasCall(TreeNode node)
    {
        foreach (var field in node.Fields)
        {
            if (field.Name is "FuncCall" or "SubLink" || (field.Node is { } inner && HasCall(inner)) || Array.Exists(field.Items, HasCall))
                return true;
        }

        return false;
    }
}
