namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Statements that create something, and what they lock of what is there.</summary>
internal static class CreateFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts)
    {
        switch (kind)
        {
            case "CreateStmt":
                AddTable(node, facts);
                break;
            case "CreateForeignTableStmt" when node.Node("base") is { } table:
                AddTable(table, facts);
                break;
            case "CreateTableAsStmt" when !node.Is("if_not_exists"):
                facts.Create(node.Node("into")?.Node("rel"));
                break;
            case "SelectStmt":
                facts.Create(node.Node("intoClause")?.Node("rel"));
                break;
            case "ViewStmt" when node.Is("replace"):
                facts.Lock(LockMode.AccessExclusive, node.Node("view"));
                break;
            case "CreateTrigStmt":
                facts.Lock(LockMode.ShareRowExclusive, node.Node("relation"));
                facts.Lock(LockMode.AccessShare, node.Node("constrrel"));
                break;
            case "RuleStmt":
                facts.Lock(LockMode.AccessExclusive, node.Node("relation"));
                break;
            case "CreatePolicyStmt":
                facts.Lock(LockMode.AccessExclusive, node.Node("table"));
                break;
            case "CreateStatsStmt":
                foreach (var relation in node.List("relations", "RangeVar"))
                    facts.Lock(LockMode.ShareUpdateExclusive, relation);
                break;
            case "CreateSeqStmt":
                AddOwner(node, facts);
                break;
            case "CreatePublicationStmt":
                AddPublished(node, facts);
                break;
        }
    }

    /// <summary>The table of OWNED BY table.column.</summary>
    public static void AddOwner(TreeNode sequence, FactCollector facts)
    {
        if (Options.Names(sequence, "options", "owned_by") is { Count: > 1 } column)
            facts.Lock(LockMode.AccessShare, SqlName.Of(column.SkipLast(1)));
    }

    /// <summary>The tables of a publication.</summary>
    public static void AddPublished(TreeNode publication, FactCollector facts)
    {
        foreach (var item in publication.List("pubobjects", "PublicationObjSpec"))
            facts.Lock(LockMode.ShareUpdateExclusive, item.Node("pubtable")?.Node("relation"));
    }

    private static void AddTable(TreeNode node, FactCollector facts)
    {
        if (!node.Is("if_not_exists"))
            facts.Create(node.Node("relation"));
        // A partition changes what its parent accepts; a plain child does not (DefineRelation, tablecmds.c).
        var parentMode = node.Node("partbound") is null ? LockMode.ShareUpdateExclusive : LockMode.AccessExclusive;
        foreach (var parent in node.List("inhRelations", "RangeVar"))
            facts.Lock(parentMode, parent);
        foreach (var element in node.List("tableElts"))
        {
            var (kind, content) = element.Unwrap();
            switch (kind)
            {
                case "TableLikeClause":
                    facts.Lock(LockMode.AccessShare, content.Node("relation"));
                    break;
                case "Constraint":
                    facts.Lock(LockMode.ShareRowExclusive, content.Node("pktable"));
                    break;
                case "ColumnDef":
                    foreach (var constraint in content.List("constraints", "Constraint"))
                        facts.Lock(LockMode.ShareRowExclusive, constraint.Node("pktable"));
                    break;
            }
        }
    }
}
