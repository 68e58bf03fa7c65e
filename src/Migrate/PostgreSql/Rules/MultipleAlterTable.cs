using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>Several ALTER TABLE of one table in a row.</summary>
internal sealed class MultipleAlterTable : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("multiple-alter-table", "several ALTER TABLE of one table in a row", Severity.Info, RuleSet.Strict)
    {
        Why = "Parts of one ALTER TABLE share one pass over the rows and one wait for the lock. As statements of their own, each that checks or writes rows goes through the whole table again.",
        Fix = "Join them with commas: ALTER TABLE orders ADD COLUMN a text, ADD COLUMN b text.",
        Peers = ["eugene W12"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var block in script.TransactionBlocks())
        {
            string? before = null;
            foreach (var statement in block.Statements)
            {
                var table = Joinable(statement);
                if (table is not null && table == before)
                    yield return statement.Find(Info, $"this and the ALTER TABLE of {statement.Short(table)} before it can be one", subject: table);
                before = table;
            }
        }
    }

    /// <summary>The table, if what is done to it can stand with others in one statement.</summary>
    private static string? Joinable(LintedStatement statement) =>
        statement.Kind == "AlterTableStmt" && statement.NameOf("relation") is { } table && statement.IsLiveTable(table) && statement.Node.Text("objtype") == "OBJECT_TABLE"
        && statement.Node.List("cmds", "AlterTableCmd").All(command => command.Text("subtype") is not ("AT_AttachPartition" or "AT_DetachPartition" or "AT_DetachPartitionFinalize" or "AT_ValidateConstraint"))
            ? table
            : null;
}
