using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>Statements that cannot be run again, in a file without a transaction.</summary>
internal sealed class PreferRobustStmts : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("prefer-robust-stmts", "a statement that fails when its file is run again", Severity.Warning, RuleSet.Strict)
    {
        Why = "A file without a transaction that fails in the middle is run again from its first line by most tools, and fails there. lk goes on where it stopped.",
        Fix = "Write IF NOT EXISTS and IF EXISTS; but never IF NOT EXISTS with CREATE INDEX CONCURRENTLY, which would pass over the invalid index that a failed build leaves.",
        Peers = ["squawk prefer-robust-stmts"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        if (script.InTransaction || script.Statements.Length < 2)
            yield break;
        foreach (var statement in script.Statements)
        {
            if (Unrepeatable(statement) is { } words)
                yield return statement.Find(Info, $"{words} fails when the file is run again");
        }

        foreach (var part in script.AlterTableParts())
        {
            var words = part.Subtype switch
            {
                "AT_AddColumn" when !part.Command.Is("missing_ok") => "ADD COLUMN without IF NOT EXISTS",
                "AT_DropColumn" when !part.Command.Is("missing_ok") => "DROP COLUMN without IF EXISTS",
                "AT_DropConstraint" when !part.Command.Is("missing_ok") => "DROP CONSTRAINT without IF EXISTS",
                _ => null,
            };
            if (words is not null)
                yield return part.Find(Info, $"{words} fails when the file is run again");
        }
    }

    private static string? Unrepeatable(LintedStatement statement) => statement.Kind switch
    {
        "CreateStmt" or "CreateTableAsStmt" or "CreateSeqStmt" or "CreateSchemaStmt" or "CreateExtensionStmt" when !statement.Node.Is("if_not_exists") => $"{statement.Facts.Command} without IF NOT EXISTS",
        "IndexStmt" when !statement.Node.Is("if_not_exists") && !statement.Node.Is("concurrent") => "CREATE INDEX without IF NOT EXISTS",
        "AlterEnumStmt" when statement.Node.Text("oldVal") is null && !statement.Node.Is("skipIfNewValExists") => "ADD VALUE without IF NOT EXISTS",
        "DropStmt" when !statement.Node.Is("missing_ok") => $"{statement.Facts.Command} without IF EXISTS",
        _ => null,
    };
}
