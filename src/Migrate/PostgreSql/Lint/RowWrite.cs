using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Backfills;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>An UPDATE or DELETE, by itself or in a WITH.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Table">The table's full name.</param>
/// <param name="IsDelete">Whether it deletes.</param>
/// <param name="Node">Its own node.</param>
internal sealed record RowWrite(LintedStatement Statement, string Table, bool IsDelete, TreeNode Node)
{
    /// <summary>The UPDATEs and DELETEs of a statement.</summary>
    public static IEnumerable<RowWrite> In(LintedStatement statement)
    {
        if (statement.Kind is "UpdateStmt" or "DeleteStmt" && statement.NameOf("relation") is { } table)
            yield return new RowWrite(statement, table, statement.Kind == "DeleteStmt", statement.Node);
        if (statement.Kind is not ("SelectStmt" or "InsertStmt" or "UpdateStmt" or "DeleteStmt" or "MergeStmt") || statement.Node.Node("withClause") is not { } with)
            yield break;
        foreach (var (kind, node) in with.List("ctes", "CommonTableExpr").Select(one => one.Node("ctequery")).OfType<TreeNode>().Select(query => query.Unwrap()))
        {
            if (kind is "UpdateStmt" or "DeleteStmt" && node.Node("relation") is { } inner)
                yield return new RowWrite(statement, statement.NameOf(inner), kind == "DeleteStmt", node);
        }
    }

    /// <summary>Whether it runs in batches, and who wrote it has thought of all the rows.</summary>
    public bool IsBackfill => BackfillMark.Has(Statement.Parsed.Sql);

    /// <summary>Whether others may be using the table.</summary>
    public bool IsLive => Statement.IsLive(Table);

    /// <summary>The table in words.</summary>
    public string TableWords => Statement.Words(Table);

    /// <summary>Whether it says which rows: by a WHERE that is not simply true, or by other tables.</summary>
    public bool HasCondition => Node.Node("whereClause") is { } where && !Constant.IsTrue(where);

    /// <summary>The columns that an UPDATE sets.</summary>
    public IEnumerable<string> Columns => Node.List("targetList", "ResTarget").Select(target => target.Text("name")).OfType<string>().Distinct();

    /// <summary>Whether the number of rows has a bound that can be seen: a condition on a key, or a list of values or a LIMIT that it goes by.</summary>
    public bool IsBounded => KeyBound.Holds(this) || new QueryTree(Statement.Kind, Statement.Node).Statements.Any(query =>
        query.Kind == "SelectStmt" && (query.Node.Node("limitCount") is not null || query.Node.List("valuesLists").Any()));

    /// <summary>A finding about it.</summary>
    public Finding Find(RuleInfo rule, string message) => Statement.Find(rule, message, Node.Node("relation") ?? default, Table);
}
