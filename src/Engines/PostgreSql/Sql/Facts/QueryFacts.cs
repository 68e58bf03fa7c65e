namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Statements that read and write rows, also inside of others: common table expressions, EXPLAIN, PREPARE, COPY, views,
/// bodies of functions and rules, which the server analyses, and so locks, when they are created.</summary>
internal static class QueryFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts)
    {
        switch (kind)
        {
            case "SelectStmt" or "InsertStmt" or "UpdateStmt" or "DeleteStmt" or "MergeStmt" or "CallStmt":
                AddQuery(kind, node, facts);
                break;
            case "CopyStmt":
                facts.Lock(node.Is("is_from") ? LockMode.RowExclusive : LockMode.AccessShare, node.Node("relation"));
                AddInner(node.Node("query"), facts, runs: true);
                break;
            case "CreateTableAsStmt":
                AddInner(node.Node("query"), facts, runs: true);
                break;
            case "ExplainStmt":
                AddInner(node.Node("query"), facts, runs: Options.IsOn(node, "options", "analyze"));
                break;
            case "PrepareStmt" or "DeclareCursorStmt" or "ViewStmt":
                AddInner(node.Node("query"), facts, runs: false);
                break;
            case "CreateFunctionStmt":
                AddInner(node.Node("sql_body"), facts, runs: false);
                break;
            case "RuleStmt" or "CreatePolicyStmt":
                AddInner(node, facts, runs: false);
                break;
        }
    }

    private static void AddInner(TreeNode? inner, FactCollector facts, bool runs)
    {
        if (inner is not { } node)
            return;
        var found = new FactCollector();
        AddQuery("", node, found);
        found.CopyTo(facts, withEffects: runs);
    }

    private static void AddQuery(string kind, TreeNode root, FactCollector facts)
    {
        var tree = new QueryTree(kind, root);
        foreach (var relation in tree.Relations)
            facts.Lock(LockMode.AccessShare, relation);
        foreach (var (statement, node) in tree.Statements)
        {
            if (statement == "SelectStmt")
                AddLockedRows(node, facts);
            else
                AddWritten(statement, node, facts);
        }

        facts.ChangesSession |= tree.Calls.Any(SessionFacts.IsForTheSession);
    }

    private static void AddWritten(string kind, TreeNode node, FactCollector facts)
    {
        if (node.Node("relation") is not { } target)
            return;
        facts.Lock(LockMode.RowExclusive, target);
        if (kind is not ("UpdateStmt" or "DeleteStmt"))
            return;
        if (node.Node("whereClause") is { } condition && !Constant.IsTrue(condition))
            return;
        facts.ScansOrRewrites = true;
        if (kind == "DeleteStmt")
            facts.Lose($"rows of {target.Relation()} (DELETE without WHERE)");
    }

    /// <summary>The tables of SELECT … FOR UPDATE and its kin: those of OF, or all of FROM, in subqueries too.</summary>
    private static void AddLockedRows(TreeNode select, FactCollector facts)
    {
        foreach (var clause in select.List("lockingClause", "LockingClause"))
        {
            var wanted = clause.List("lockedRels", "RangeVar").Select(alias => alias.Text("relname")).ToList();
            foreach (var item in select.List("fromClause"))
            {
                foreach (var table in new QueryTree("", item).Relations)
                {
                    if (wanted.Count == 0 || wanted.Contains(table.Node("alias")?.Text("aliasname") ?? table.Text("relname")))
                        facts.Lock(LockMode.RowShare, table);
                }
            }
        }
    }
}
