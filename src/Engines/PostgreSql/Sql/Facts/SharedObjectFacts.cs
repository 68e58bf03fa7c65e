namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>CREATE and DROP of databases, tablespaces and subscriptions.</summary>
internal static class SharedObjectFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts) => facts.SharedObject = kind switch
    {
        "CreatedbStmt" => Of(SharedObjectKind.Database, node.Text("dbname"), isCreated: true),
        "DropdbStmt" => Of(SharedObjectKind.Database, node.Text("dbname"), isCreated: false),
        "CreateTableSpaceStmt" => Of(SharedObjectKind.Tablespace, node.Text("tablespacename"), isCreated: true),
        "DropTableSpaceStmt" => Of(SharedObjectKind.Tablespace, node.Text("tablespacename"), isCreated: false),
        "CreateSubscriptionStmt" => Of(SharedObjectKind.Subscription, node.Text("subname"), isCreated: true),
        "DropSubscriptionStmt" => Of(SharedObjectKind.Subscription, node.Text("subname"), isCreated: false),
        _ => facts.SharedObject,
    };

    private static SharedObject? Of(SharedObjectKind kind, string? name, bool isCreated) => name is null ? null : new SharedObject(kind, name, isCreated);
}
