using System.Collections.Immutable;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>CREATE INDEX.</summary>
internal static class IndexReplay
{
    public static KnownSchema Create(KnownSchema before, TreeNode node)
    {
        if (node.Node("relation") is not { } relation)
            return before;
        var table = QualifiedName.Of(relation, before.DefaultSchema);
        var columns = node.List("indexParams", "IndexElem").Select(element => element.Text("name")).ToList();
        var name = QualifiedName.Beside(table, node.Text("idxname") ?? $"{relation.Text("relname")}_{string.Join('_', columns.Select(column => column ?? "expr"))}_idx");
        if (node.Is("if_not_exists") && before.Indexes.ContainsKey(name))
            return before;
        var where = node.Node("whereClause");
        return before with
        {
            Indexes = before.Indexes.SetItem(name, new KnownIndex(name, table, [.. columns])
            {
                IsUnique = node.Is("unique"),
                IsPartial = where is not null,
                SkipsOnlyNulls = where is { } condition && IsNotNullOf(condition, columns),
                IsPlain = node.List("indexParams", "IndexElem").All(IsPlain),
                Mentions = Mentions(node),
                Method = node.Text("accessMethod") ?? "btree",
                CreatedIn = before.Release,
            }),
        };
    }

    /// <summary>Whether an element of the key has the type's own order, collation and operators.</summary>
    public static bool IsPlain(TreeNode element) =>
        element.Text("ordering") is null or "SORTBY_DEFAULT" or "SORTBY_ASC" && element.Text("nulls_ordering") is null or "SORTBY_NULLS_DEFAULT" or "SORTBY_NULLS_LAST"
        && !element.List("opclass").Any() && !element.List("collation").Any();

    private static bool IsNotNullOf(TreeNode condition, IReadOnlyList<string?> columns)
    {
        var mentioned = ExpressionColumns.Of(condition).Names;
        return mentioned.All(columns.Contains) && mentioned.All(ConstraintReplay.NeverNullBy(condition).Contains) && !HasMore(condition);
    }

    /// <summary>Whether there is more in it than <c>IS NOT NULL</c> joined by AND.</summary>
    private static bool HasMore(TreeNode expression)
    {
        var (kind, node) = expression.Unwrap();
        return kind == "BoolExpr" ? node.List("args").Any(HasMore) : kind != "NullTest";
    }

    private static ImmutableList<string> Mentions(TreeNode node)
    {
        var elements = node.List("indexParams", "IndexElem").Concat(node.List("indexIncludingParams", "IndexElem")).ToList();
        var named = elements.Select(element => element.Text("name")).OfType<string>();
        var inside = elements.Select(element => element.Node("expr")).Append(node.Node("whereClause")).OfType<TreeNode>().SelectMany(expression => ExpressionColumns.Of(expression).Names);
        return [.. named.Concat(inside).Distinct()];
    }
}
