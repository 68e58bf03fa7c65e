namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Statements that the server refuses inside a transaction block (SQLSTATE 25001): the callers of PreventInTransactionBlock in
/// PostgreSQL 15's source. What depends on the catalog, such as REINDEX or CLUSTER of a partitioned table, cannot be seen here.</summary>
internal static class TransactionBlockFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts) =>
        facts.CannotRunInTransaction ??= ReasonOf(kind, node);

    private static string? ReasonOf(string kind, TreeNode node) => kind switch
    {
        "IndexStmt" when node.Is("concurrent") =>
            "CREATE INDEX CONCURRENTLY commits between its phases",
        "DropStmt" when node.Is("concurrent") =>
            "DROP INDEX CONCURRENTLY commits between its phases",
        "ReindexStmt" when Options.IsOn(node, "params", "concurrently") =>
            "REINDEX CONCURRENTLY commits between its phases",
        "ReindexStmt" when node.Text("kind") is "REINDEX_OBJECT_SCHEMA" or "REINDEX_OBJECT_SYSTEM" or "REINDEX_OBJECT_DATABASE" =>
            "REINDEX of a schema or database commits after each table",
        "VacuumStmt" when node.Is("is_vacuumcmd") =>
            "VACUUM commits after each table",
        "ClusterStmt" when node.Node("relation") is null =>
            "CLUSTER of all tables commits after each table",
        "CreatedbStmt" => "CREATE DATABASE copies files, which a rollback cannot take back",
        "DropdbStmt" => "DROP DATABASE removes files, which a rollback cannot bring back",
        "CreateTableSpaceStmt" => "CREATE TABLESPACE makes folders, which a rollback cannot take back",
        "DropTableSpaceStmt" => "DROP TABLESPACE removes folders, which a rollback cannot bring back",
        "AlterSystemStmt" => "ALTER SYSTEM writes a file, which a rollback cannot take back",
        "AlterDatabaseStmt" when Options.Has(node, "options", "tablespace") =>
            "ALTER DATABASE SET TABLESPACE moves files, which a rollback cannot move back",
        "AlterTableStmt" when node.List("cmds", "AlterTableCmd").Any(DetachesConcurrently) =>
            "DETACH PARTITION CONCURRENTLY commits between its phases",
        "DiscardStmt" when node.Text("target") is null or "DISCARD_ALL" =>
            "DISCARD ALL resets the whole session, a transaction in progress too",
        "CreateSubscriptionStmt" when Options.IsOn(node, "options", "connect", unset: true)
                                      && Options.IsOn(node, "options", "create_slot", unset: true) =>
            "CREATE SUBSCRIPTION makes a replication slot on the other server",
        "DoStmt" when node.List("args", "DefElem").Any(CommitsItself) =>
            "a DO block that commits cannot run inside of another transaction",
        "DropSubscriptionStmt" =>
            "DROP SUBSCRIPTION drops its replication slot on the other server",
        "AlterSubscriptionStmt" when RefreshesPublications(node) =>
            "ALTER SUBSCRIPTION refreshes from the other server",
        _ => null,
    };

    /// <summary>PL/pgSQL's COMMIT and ROLLBACK (since PostgreSQL 11). ROLLBACK TO is no statement of PL/pgSQL.</summary>
    private static bool CommitsItself(TreeNode argument) =>
        argument.Text("defname") == "as" && argument.Node("arg")?.Node("String")?.Text("sval") is { } body && StatementText.HasWord(body, "commit", "rollback");

    private static bool DetachesConcurrently(TreeNode command) =>
        command.Text("subtype") == "AT_DetachPartition"
        && command.Node("def")?.Node("PartitionCmd")?.Is("concurrent") == true;

    private static bool RefreshesPublications(TreeNode node) => node.Text("kind") switch
    {
        "ALTER_SUBSCRIPTION_REFRESH" => true,
        "ALTER_SUBSCRIPTION_SET_PUBLICATION" or "ALTER_SUBSCRIPTION_ADD_PUBLICATION" or "ALTER_SUBSCRIPTION_DROP_PUBLICATION" =>
            Options.IsOn(node, "options", "refresh", unset: true),
        _ => false,
    };
}
