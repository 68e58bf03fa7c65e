using System.Text.Json;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>The columns that an expression names.</summary>
internal static class ColumnNames
{
    /// <summary>Their own names, without table or schema, at any depth.</summary>
    public static IEnumerable<string> In(TreeNode node)
    {
        var found = new List<string>();
        Gather(node, found);
        return found;
    }

    private static void Gather(TreeNode node, List<string> found)
    {
        foreach (var field in node.Fields)
        {
            if (field.Node is { Name: "ColumnRef" } column)
                found.AddRange(column.Strings("fields").TakeLast(1));
            else if (field.Node is { } inner)
                Gather(inner, found);
            foreach (var item in field.Items)
                Gather(item, found);
        }
    }
}
