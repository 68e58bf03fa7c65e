using System.Text.Json;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>CREATE INDEX.</summary>
internal static class IndexReplay
{
    public static KnownSchema Create(KnownSchema before, JsonElement node)
    {
        if (node.Node("relation") is not { } relation)
            return before;
        var table = QualifiedName.Of(relation, before.DefaultSchema);
        var columns = node.List("indexParams", "IndexElem").Select(element => element.Text("name")).ToList();
        var name = QualifiedName.Beside(table, node.Text("idxname") ?? $"{relation.Text("relname")}_{string.Join('_', columns.Select(column => column ?? "expr"))}_idx");
        if (node.Is("if_not_exists") && before.Indexes.ContainsKey(name))
            return before;
        return before with
        {
            Indexes = before.Indexes.SetItem(name, new KnownIndex(name, table, [.. columns])
            {
                IsUnique = node.Is("unique"),
                IsPartial = node.Node("whereClause") is not null,
                Method = node.Text("accessMethod") ?? "btree",
                CreatedIn = before.Release,
            }),
        };
    }
}
