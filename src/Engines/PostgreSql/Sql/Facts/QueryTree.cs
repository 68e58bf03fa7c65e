namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>What a query holds at any depth, gathered in one walk: a tree can be very large (an INSERT of a million rows) and very
/// deep, so the walk is made once and without recursion.</summary>
public sealed class QueryTree
{
    private readonly List<(string Kind, TreeNode Node)> statements = [];
    private readonly List<TreeNode> relations = [];
    private readonly List<TreeNode> calls = [];
    private readonly HashSet<string> withNames = new(StringComparer.Ordinal);

    /// <param name="kind">The kind of the root, for example <c>SelectStmt</c>.</param>
    /// <param name="root">Its content.</param>
    public QueryTree(string kind, TreeNode root)
    {
        Note(kind, root);
        var open = new Stack<TreeNode>();
        Open(root, open);
        while (open.TryPop(out var next))
        {
            Note(KindOf(next.Name), next);
            Open(next, open);
        }
    }

    /// <summary>SELECT, INSERT, UPDATE, DELETE and MERGE, at any depth.</summary>
    public IReadOnlyList<(string Kind, TreeNode Node)> Statements => statements;

    /// <summary>Function calls.</summary>
    public IReadOnlyList<TreeNode> Calls => calls;

    /// <summary>The relations that are named, without those that WITH defines.</summary>
    public IEnumerable<TreeNode> Relations => relations.Where(relation =>
        relation.Has("schemaname") || !withNames.Contains(relation.Text("relname") ?? ""));

    private static void Open(TreeNode node, Stack<TreeNode> open)
    {
        foreach (var field in node.Fields)
        {
            if (IsApart(field.Name))
                continue;
            if (field.Node is { } inner)
                open.Push(inner);
            foreach (var item in field.Items)
                open.Push(item);
        }
    }

    /// <summary>The target of INTO is new, the names of FOR UPDATE OF are aliases, and constants and columns hold nothing of interest.</summary>
    private static bool IsApart(string field) => field is "A_Const" or "ColumnRef" or "typeName" or "intoClause" or "into" or "lockingClause";

    private static string KindOf(string field) => field switch
    {
        "larg" or "rarg" => "SelectStmt",
        "funccall" => "FuncCall",
        "SelectStmt" or "InsertStmt" or "UpdateStmt" or "DeleteStmt" or "MergeStmt" or "FuncCall" => field,
        _ => "",
    };

    private void Note(string kind, TreeNode node)
    {
        if (kind == "FuncCall")
            calls.Add(node);
        else if (kind.Length > 0)
            statements.Add((kind, node));
        else if (node.Has("relname"))
            relations.Add(node);
        else if (node.Text("ctename") is { } name)
            withNames.Add(name);
    }
}
