using Lockkeeper.Engines.PostgreSql.Sql.Facts;


namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>The text constants of a statement, at any depth.</summary>
internal static class TextConstants
{
    /// <param name="root">The statement's node.</param>
    /// <returns>The A_Const nodes that hold text, in the order of the tree.</returns>
    public static IEnumerable<TreeNode> Of(TreeNode root)
    {
        var open = new Stack<TreeNode>();
        open.Push(root);
        while (open.TryPop(out var node))
        {
            if (node.Name == "A_Const" && node.Has("sval"))
                yield return node;
            for (var index = node.Fields.Length - 1; index >= 0; index--)
                Open(node.Fields[index], open);
        }
    }

    private static void Open(TreeField field, Stack<TreeNode> open)
    {
        if (field.Node is { } inner)
            open.Push(inner);
        foreach (var item in Enumerable.Reverse(field.Items))
            open.Push(item);
    }
}
