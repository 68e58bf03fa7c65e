namespace Lockkeeper.Engines.PostgreSql.Sql.Facts;

/// <summary>Statements that begin or end transactions.</summary>
internal static class TransactionFacts
{
    public static void Add(string kind, TreeNode node, FactCollector facts)
    {
        if (kind != "TransactionStmt")
            return;
        var what = node.Text("kind");
        facts.ControlsTransaction = what is not ("TRANS_STMT_SAVEPOINT" or "TRANS_STMT_RELEASE" or "TRANS_STMT_ROLLBACK_TO");
        if (what is "TRANS_STMT_COMMIT_PREPARED" or "TRANS_STMT_ROLLBACK_PREPARED")
            facts.CannotRunInTransaction = "a prepared transaction is ended outside of any other";
    }
}
