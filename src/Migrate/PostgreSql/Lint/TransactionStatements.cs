using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>What a script does with transactions itself.</summary>
/// <param name="Surplus">The first statement that begins or ends one where none may; null for none.</param>
/// <param name="Unended">The last BEGIN, when nothing ends it.</param>
internal sealed record TransactionStatements(LintedStatement? Surplus, LintedStatement? Unended)
{
    public static TransactionStatements Of(LintedScript script)
    {
        var controls = script.Of("TransactionStmt").Where(statement => statement.Facts.ControlsTransaction).ToList();
        if (controls.Count == 0)
            return new TransactionStatements(null, null);
        // As a run sees it: a BEGIN and COMMIT around everything are taken away.
        var left = OwnTransaction.Without([.. script.Statements.Select(statement => new PreparedStatement(statement.Parsed.Sql, statement.Facts))], script.Script)
            .Where(statement => statement.Facts.ControlsTransaction).Select(statement => statement.Sql).ToHashSet(ReferenceEqualityComparer.Instance);
        var unended = Begins(controls[^1]) ? controls[^1] : null;
        return new TransactionStatements(controls.FirstOrDefault(statement => statement != unended && left.Contains(statement.Parsed.Sql)), unended);
    }

    private static bool Begins(LintedStatement statement) => statement.Node.Text("kind") is "TRANS_STMT_BEGIN" or "TRANS_STMT_START";
}
