namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>DROP of anything. Losses name what holds data or takes data along; a view or a function can be made again from its text.</summary>
internal static class DropFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts)
    {
        switch (kind)
        {
            case "DropStmt":
                AddDrop(node, facts);
                break;
            case "DropdbStmt":
                facts.Lose($"database {SqlName.Of(node.Text("dbname") ?? "")}");
                break;
            case "DropOwnedStmt":
                foreach (var role in node.List("roles", "RoleSpec"))
                    facts.Lose($"everything that role {SqlName.Of(role.Text("rolename") ?? "current_user")} owns");
                break;
        }
    }

    private static void AddDrop(TreeNode node, FactCollector facts)
    {
        var type = node.Text("removeType") ?? "";
        var concurrent = node.Is("concurrent");
        foreach (var name in node.List("objects").Select(NameOf).Where(name => name.Count > 0))
        {
            switch (type)
            {
                case "OBJECT_TABLE" or "OBJECT_VIEW" or "OBJECT_MATVIEW" or "OBJECT_SEQUENCE" or "OBJECT_FOREIGN_TABLE":
                    facts.Lock(LockMode.AccessExclusive, SqlName.Of(name));
                    break;
                case "OBJECT_INDEX":
                    facts.Lock(concurrent ? LockMode.ShareUpdateExclusive : LockMode.AccessExclusive, SqlName.Of(name));
                    if (concurrent)
                    {
                        facts.ConcurrentIndex = new ConcurrentIndex(
                            ConcurrentIndexAction.Drop, name.Count > 1 ? name[^2] : null, Table: null, name[^1], IfNotExists: false);
                    }

                    break;
                case "OBJECT_TRIGGER" or "OBJECT_RULE" or "OBJECT_POLICY" when name.Count > 1:
                    facts.Lock(LockMode.AccessExclusive, SqlName.Of(name.SkipLast(1)));
                    break;
            }

            if (LossWord(type) is { } word)
                facts.Lose($"{word} {SqlName.Of(name)}");
        }
    }

    private static string? LossWord(string type) => type switch
    {
        "OBJECT_TABLE" => "table",
        "OBJECT_MATVIEW" => "materialized view",
        "OBJECT_SEQUENCE" => "sequence",
        "OBJECT_FOREIGN_TABLE" => "foreign table",
        "OBJECT_SCHEMA" => "schema",
        "OBJECT_TYPE" => "type",
        "OBJECT_DOMAIN" => "domain",
        "OBJECT_EXTENSION" => "extension",
        _ => null,
    };

    /// <summary>Names come as a list, a string or a type, depending on what is dropped.</summary>
    private static IReadOnlyList<string> NameOf(TreeNode item)
    {
        var (kind, content) = item.Unwrap();
        return kind switch
        {
            "List" => content.Strings("items"),
            "String" => [content.Text("sval") ?? ""],
            "TypeName" => content.Strings("names"),
            _ => [],
        };
    }
}
