namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>ALTER TABLE and its kin (INDEX, VIEW, MATERIALIZED VIEW, SEQUENCE, FOREIGN TABLE, composite TYPE): the strongest lock of
/// the parts counts. Modes as in AlterTableGetLockLevel, tablecmds.c of PostgreSQL 15.</summary>
internal static class AlterTableFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts)
    {
        if (kind != "AlterTableStmt" || node.Node("relation") is not { } table)
            return;
        foreach (var command in node.List("cmds", "AlterTableCmd"))
        {
            facts.Lock(ModeOf(command, node.Text("objtype")), table);
            AddOthers(command, facts);
            AddDetach(command, table, facts);
            AddIndexes(command, table.Text("schemaname"), facts);
            AddLosses(command, node.Text("objtype"), table.Relation(), facts);
            facts.ScansOrRewrites |= TableScan.IsNeededBy(command);
        }
    }

    private static LockMode ModeOf(TreeNode command, string? objectType) => command.Text("subtype") switch
    {
        "AT_SetStatistics" or "AT_ClusterOn" or "AT_DropCluster" or "AT_SetOptions" or "AT_ResetOptions"
            or "AT_ValidateConstraint" or "AT_AttachPartition" or "AT_DetachPartitionFinalize" => LockMode.ShareUpdateExclusive,
        "AT_DetachPartition" => command.Node("def")?.Node("PartitionCmd")?.Is("concurrent") == true
            ? LockMode.ShareUpdateExclusive
            : LockMode.AccessExclusive,
        "AT_SetRelOptions" or "AT_ResetRelOptions" or "AT_ReplaceRelOptions" => StorageParameters.ModeOf(command),
        "AT_EnableTrig" or "AT_EnableAlwaysTrig" or "AT_EnableReplicaTrig" or "AT_EnableTrigAll" or "AT_EnableTrigUser"
            or "AT_DisableTrig" or "AT_DisableTrigAll" or "AT_DisableTrigUser" => LockMode.ShareRowExclusive,
        "AT_AddConstraint" when command.Node("def")?.Node("Constraint")?.Text("contype") == "CONSTR_FOREIGN"
                                && objectType != "OBJECT_FOREIGN_TABLE" => LockMode.ShareRowExclusive,
        _ => LockMode.AccessExclusive,
    };

    /// <summary>The other relations that a part names.</summary>
    private static void AddOthers(TreeNode command, FactCollector facts)
    {
        if (command.Node("def") is not { } definition)
            return;
        switch (command.Text("subtype"))
        {
            case "AT_AddConstraint":
                facts.Lock(LockMode.ShareRowExclusive, definition.Node("Constraint")?.Node("pktable"));
                break;
            case "AT_AddColumn":
                foreach (var constraint in definition.Node("ColumnDef")?.List("constraints", "Constraint") ?? [])
                    facts.Lock(LockMode.ShareRowExclusive, constraint.Node("pktable"));
                break;
            case "AT_AttachPartition":
                facts.Lock(LockMode.AccessExclusive, definition.Node("PartitionCmd")?.Node("name"));
                break;
            case "AT_DetachPartition":
                var concurrent = definition.Node("PartitionCmd")?.Is("concurrent") == true;
                facts.Lock(
                    concurrent ? LockMode.ShareUpdateExclusive : LockMode.AccessExclusive, definition.Node("PartitionCmd")?.Node("name"));
                break;
            case "AT_DetachPartitionFinalize":
                facts.Lock(LockMode.AccessExclusive, definition.Node("PartitionCmd")?.Node("name"));
                break;
            case "AT_AddInherit":
                facts.Lock(LockMode.ShareUpdateExclusive, definition.Node("RangeVar"));
                break;
            case "AT_DropInherit":
                facts.Lock(LockMode.AccessShare, definition.Node("RangeVar"));
                break;
        }
    }

    private static void AddDetach(TreeNode command, TreeNode table, FactCollector facts)
    {
        if (command.Text("subtype") == "AT_DetachPartition" && command.Node("def")?.Node("PartitionCmd") is { } detach && detach.Is("concurrent") && detach.Node("name") is { } partition)
            facts.PartitionDetach = new PartitionDetach(table.Relation(), partition.Relation());
    }

    /// <summary>The indexes that a part names; they are in the table's schema.</summary>
    private static void AddIndexes(TreeNode command, string? schema, FactCollector facts)
    {
        var definition = command.Node("def");
        switch (command.Text("subtype"))
        {
            case "AT_AddConstraint" when definition?.Node("Constraint") is { } constraint && constraint.Text("indexname") is { } index:
                // The index takes the constraint's name, where that is another one.
                var renamed = constraint.Text("conname") is { } name && name != index;
                facts.Lock(renamed ? LockMode.ShareUpdateExclusive : LockMode.AccessShare, SqlName.Of(schema, index));
                break;
            case "AT_ClusterOn" when command.Text("name") is { } index:
                facts.Lock(LockMode.ShareUpdateExclusive, SqlName.Of(schema, index));
                break;
            case "AT_ReplicaIdentity" when definition?.Node("ReplicaIdentityStmt")?.Text("name") is { } index:
                facts.Lock(LockMode.Share, SqlName.Of(schema, index));
                break;
        }
    }

    private static void AddLosses(TreeNode command, string? objectType, string table, FactCollector facts)
    {
        if (command.Text("subtype") != "AT_DropColumn")
            return;
        var word = objectType == "OBJECT_TYPE" ? "attribute" : "column";
        facts.Lose($"{word} {table}.{SqlName.Of(command.Text("name") ?? "")}");
    }
}
