using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>CREATE and ALTER PUBLICATION.</summary>
internal static class PublicationReplay
{
    public static KnownSchema Create(KnownSchema before, TreeNode node)
    {
        var publication = node.Text("pubname") ?? "";
        return node.Is("for_all_tables")
            ? before.Tables.Keys.Aggregate(before, (known, table) => Publish(known, table, publication))
            : Published(before, node).Aggregate(before, (known, table) => Publish(known, table, publication));
    }

    public static KnownSchema Alter(KnownSchema before, TreeNode node)
    {
        var publication = node.Text("pubname") ?? "";
        var named = Published(before, node).ToList();
        return node.Text("action") switch
        {
            "AP_AddObjects" => named.Aggregate(before, (known, table) => Publish(known, table, publication)),
            "AP_DropObjects" => named.Aggregate(before, (known, table) => Withdraw(known, table, publication)),
            "AP_SetObjects" => named.Aggregate(before.Tables.Keys.Aggregate(before, (known, table) => Withdraw(known, table, publication)), (known, table) => Publish(known, table, publication)),
            _ => before,
        };
    }

    /// <summary>The tables that are named, and those of the schemas that are named.</summary>
    private static IEnumerable<string> Published(KnownSchema before, TreeNode node)
    {
        foreach (var item in node.List("pubobjects", "PublicationObjSpec"))
        {
            if (item.Node("pubtable")?.Node("relation") is { } table)
                yield return QualifiedName.Of(table, before.DefaultSchema);
            else if (item.Text("pubobjtype") == "PUBLICATIONOBJ_TABLES_IN_SCHEMA" && item.Text("name") is { } schema)
            {
                foreach (var inside in before.Tables.Keys.Where(name => name.StartsWith(SqlName.Of(schema) + ".", StringComparison.Ordinal)))
                    yield return inside;
            }
        }
    }

    private static KnownSchema Publish(KnownSchema before, string table, string publication)
    {
        var known = before.Table(table) ?? new KnownTable(table, RelationKind.Table);
        return known.Kind is not (RelationKind.Table or RelationKind.PartitionedTable) || known.Publications.Contains(publication) ? before : before.With(known with { Publications = known.Publications.Add(publication) });
    }

    private static KnownSchema Withdraw(KnownSchema before, string table, string publication) =>
        before.Change(table, known => known with { Publications = known.Publications.Remove(publication) });
}
