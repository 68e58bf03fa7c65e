namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>The ALTER statements beside ALTER TABLE: RENAME, SET SCHEMA, sequences, policies, publications, domains, COMMENT.</summary>
internal static class AlterFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts)
    {
        switch (kind)
        {
            case "RenameStmt":
                facts.Lock(
                    node.Text("renameType") == "OBJECT_INDEX" ? LockMode.ShareUpdateExclusive : LockMode.AccessExclusive,
                    node.Node("relation"));
                break;
            case "AlterObjectSchemaStmt":
                facts.Lock(LockMode.AccessExclusive, node.Node("relation"));
                break;
            case "AlterObjectDependsStmt":
                facts.Lock(
                    node.Text("objectType") == "OBJECT_TRIGGER" ? LockMode.AccessShare : LockMode.AccessExclusive, node.Node("relation"));
                break;
            case "AlterSeqStmt":
                facts.Lock(LockMode.ShareRowExclusive, node.Node("sequence"));
                CreateFacts.AddOwner(node, facts);
                break;
            case "AlterPolicyStmt":
                facts.Lock(LockMode.AccessExclusive, node.Node("table"));
                break;
            case "AlterPublicationStmt":
                CreateFacts.AddPublished(node, facts);
                break;
            case "AlterDomainStmt":
                // C: add a constraint, O: set NOT NULL, V: validate; all three look through every table with such a column.
                facts.ScansOrRewrites |= node.Text("subtype") switch
                {
                    "C" => node.Node("def")?.Node("Constraint")?.Is("skip_validation") != true,
                    "O" or "V" => true,
                    _ => false,
                };
                break;
            case "AlterTableMoveAllStmt" or "AlterDatabaseStmt" when kind == "AlterTableMoveAllStmt" || Options.Has(node, "options", "tablespace"):
                facts.ScansOrRewrites = true;
                break;
            case "CommentStmt" or "SecLabelStmt":
                AddDescribed(node, facts);
                break;
        }
    }

    private static void AddDescribed(TreeNode node, FactCollector facts)
    {
        if (node.Node("object")?.Node("List")?.Strings("items") is not { Count: > 0 } name)
            return;
        switch (node.Text("objtype"))
        {
            case "OBJECT_TABLE" or "OBJECT_VIEW" or "OBJECT_MATVIEW" or "OBJECT_SEQUENCE" or "OBJECT_INDEX" or "OBJECT_FOREIGN_TABLE":
                facts.Lock(LockMode.ShareUpdateExclusive, SqlName.Of(name));
                break;
            case "OBJECT_COLUMN" when name.Count > 1:
                facts.Lock(LockMode.ShareUpdateExclusive, SqlName.Of(name.SkipLast(1)));
                break;
            case "OBJECT_TABCONSTRAINT" or "OBJECT_TRIGGER" or "OBJECT_RULE" or "OBJECT_POLICY" when name.Count > 1:
                facts.Lock(LockMode.AccessShare, SqlName.Of(name.SkipLast(1)));
                break;
        }
    }
}
