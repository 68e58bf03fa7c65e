namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Statements that leave something in the session.</summary>
internal static class SessionFacts
{
    /// <summary>CURSOR_OPT_HOLD of parsenodes.h.</summary>
    private const int Hold = 0x0020;

    public static void Add(string kind, TreeNode node, FactCollector facts)
    {
        facts.ChangesSession |= kind switch
        {
            "VariableSetStmt" => !node.Is("is_local") && node.Text("name") is not ("TRANSACTION" or "TRANSACTION SNAPSHOT"),
            "DiscardStmt" or "ListenStmt" or "UnlistenStmt" or "PrepareStmt" or "DeallocateStmt" or "LoadStmt" => true,
            "DeclareCursorStmt" => (node.Number("options") & Hold) != 0,
            "CreateStmt" => node.Node("relation") is { } table && OutlivesAsTemporary(table, node.Text("oncommit")),
            "CreateTableAsStmt" => node.Node("into") is { } into && OutlivesAsTemporary(into),
            "SelectStmt" => node.Node("intoClause") is { } into && OutlivesAsTemporary(into),
            "ViewStmt" => node.Node("view") is { } view && IsTemporary(view),
            "CreateSeqStmt" => node.Node("sequence") is { } sequence && IsTemporary(sequence),
            "CreateFunctionStmt" => node.Strings("funcname") is ["pg_temp", _],
            _ => false,
        };
    }

    private static bool OutlivesAsTemporary(TreeNode into) =>
        into.Node("rel") is { } table && OutlivesAsTemporary(table, into.Text("onCommit"));

    private static bool OutlivesAsTemporary(TreeNode table, string? onCommit) => IsTemporary(table) && onCommit != "ONCOMMIT_DROP";

    private static bool IsTemporary(TreeNode rangeVar) =>
        rangeVar.Text("relpersistence") == "t" || rangeVar.Text("schemaname") == "pg_temp";

    /// <summary>Whether a function call, as a node of the tree, leaves something in the session.</summary>
    public static bool IsForTheSession(TreeNode call) => call.Strings("funcname").LastOrDefault() switch
    {
        "set_config" => !ThirdArgumentIsTrue(call),
        "pg_advisory_lock" or "pg_advisory_lock_shared" or "pg_try_advisory_lock" or "pg_try_advisory_lock_shared" => true,
        _ => false,
    };

    /// <summary>set_config(name, value, is_local): true keeps the change inside the transaction.</summary>
    private static bool ThirdArgumentIsTrue(TreeNode call) =>
        call.List("args").ToList() is [_, _, var local] && Constant.IsTrue(local);
}
