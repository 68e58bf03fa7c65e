namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>LOCK, TRUNCATE, VACUUM, ANALYZE, CLUSTER, REFRESH MATERIALIZED VIEW.</summary>
internal static class MaintenanceFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts)
    {
        switch (kind)
        {
            case "LockStmt":
                foreach (var relation in node.List("relations", "RangeVar"))
                    facts.Lock((LockMode)node.Number("mode"), relation);
                break;
            case "TruncateStmt":
                foreach (var relation in node.List("relations", "RangeVar"))
                {
                    facts.Lock(LockMode.AccessExclusive, relation);
                    facts.Lose($"all rows of {relation.Relation()}");
                }

                break;
            case "VacuumStmt":
                var full = node.Is("is_vacuumcmd") && Options.IsOn(node, "options", "full");
                foreach (var item in node.List("rels", "VacuumRelation"))
                    facts.Lock(full ? LockMode.AccessExclusive : LockMode.ShareUpdateExclusive, item.Node("relation"));
                facts.ScansOrRewrites |= full;
                break;
            case "ClusterStmt":
                facts.Lock(LockMode.AccessExclusive, node.Node("relation"));
                if (node.Text("indexname") is { } index)
                    facts.Lock(LockMode.AccessExclusive, SqlName.Of(node.Node("relation")?.Text("schemaname"), index));
                facts.ScansOrRewrites = true;
                break;
            case "RefreshMatViewStmt":
                facts.Lock(node.Is("concurrent") ? LockMode.Exclusive : LockMode.AccessExclusive, node.Node("relation"));
                facts.ScansOrRewrites |= !node.Is("skipData");
                break;
        }
    }
}
