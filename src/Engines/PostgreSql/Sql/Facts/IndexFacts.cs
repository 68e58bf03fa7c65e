namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>CREATE INDEX and REINDEX. DROP INDEX is with the other DROPs.</summary>
internal static class IndexFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts)
    {
        if (kind == "IndexStmt")
            AddCreate(node, facts);
        else if (kind == "ReindexStmt")
            AddReindex(node, facts);
    }

    private static void AddCreate(TreeNode node, FactCollector facts)
    {
        var concurrent = node.Is("concurrent");
        var table = node.Node("relation");
        facts.Lock(concurrent ? LockMode.ShareUpdateExclusive : LockMode.Share, table);
        facts.ScansOrRewrites |= !concurrent;
        if (concurrent)
        {
            facts.ConcurrentIndex = new ConcurrentIndex(
                ConcurrentIndexAction.Create, table?.Text("schemaname"), table?.Text("relname"), node.Text("idxname"),
                node.Is("if_not_exists"));
        }
    }

    private static void AddReindex(TreeNode node, FactCollector facts)
    {
        var concurrent = Options.IsOn(node, "params", "concurrently");
        var named = node.Node("relation");
        var isIndex = node.Text("kind") is null or "REINDEX_OBJECT_INDEX";
        facts.Lock(
            concurrent ? LockMode.ShareUpdateExclusive : isIndex ? LockMode.AccessExclusive : LockMode.Share, named);
        facts.ScansOrRewrites |= !concurrent;
        if (concurrent)
        {
            var schema = named is null && node.Text("kind") == "REINDEX_OBJECT_SCHEMA" ? node.Text("name") : named?.Text("schemaname");
            var name = named?.Text("relname");
            facts.ConcurrentIndex = new ConcurrentIndex(
                ConcurrentIndexAction.Reindex, schema, isIndex ? null : name, isIndex ? name : null, IfNotExists: false);
        }
    }
}
