using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>Statements that take effect together, BEGIN and COMMIT left out.</summary>
/// <param name="Statements">The statements in order.</param>
/// <param name="IsOpen">Whether they run inside a transaction block: of one that runs by itself, the server makes its own.</param>
internal sealed record TransactionBlock(IReadOnlyList<LintedStatement> Statements, bool IsOpen)
{
    /// <summary>The blocks of a script: all of it, or what stands between BEGIN and COMMIT, and each other statement by itself.</summary>
    /// <param name="statements">The script's statements.</param>
    /// <param name="inTransaction">Whether the script runs in one transaction.</param>
    public static IEnumerable<TransactionBlock> Of(IReadOnlyList<LintedStatement> statements, bool inTransaction)
    {
        var (block, isOpen) = (new List<LintedStatement>(), inTransaction);
        foreach (var statement in statements)
        {
            if (statement.Kind == "TransactionStmt" && statement.Node.Text("kind") is not ("TRANS_STMT_SAVEPOINT" or "TRANS_STMT_RELEASE" or "TRANS_STMT_ROLLBACK_TO"))
            {
                if (block.Count > 0)
                    yield return new TransactionBlock(block, IsOpen: true);
                (block, isOpen) = ([], statement.Node.Text("kind") is null or "TRANS_STMT_BEGIN" or "TRANS_STMT_START");
            }
            else if (isOpen)
            {
                block.Add(statement);
            }
            else
            {
                yield return new TransactionBlock([statement], IsOpen: false);
            }
        }

        if (block.Count > 0)
            yield return new TransactionBlock(block, IsOpen: true);
    }
}
