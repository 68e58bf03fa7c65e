using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>Long work after an ACCESS EXCLUSIVE lock in the same transaction.</summary>
internal sealed class StatementsWhileHoldingLock : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("statements-while-holding-lock", "long work while a table is kept from everybody", Severity.Warning, RuleSet.Recommended)
    {
        Why = "An ACCESS EXCLUSIVE lock is kept until its transaction ends. Whatever runs after it in the same transaction, an UPDATE of another table, the building of an index, makes the readers and writers of the locked table wait for as long as it takes.",
        Fix = "Put the work into a migration of its own, before or after.",
        GrowsWithTable = true,
        Peers = ["eugene E4"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var block in script.TransactionBlocks())
        {
            var held = new Dictionary<string, LintedStatement>(StringComparer.Ordinal);
            foreach (var statement in block.Statements)
            {
                if (held.Count > 0 && RowWork.Of(statement) is { } work && Waiting(statement, work, held) is { } table)
                    yield return statement.Find(Info, $"reads and writes of {statement.Words(table)}, locked since line {held[table].Parsed.Sql.At.Line}, wait for {work.Words}", subject: work.Table);
                foreach (var locked in statement.HeldTables)
                    held.TryAdd(locked, statement);
            }
        }
    }

    /// <summary>The table that waits because it was locked before; null when the work itself locks it, or other rules say it.</summary>
    private static string? Waiting(LintedStatement statement, RowWork work, Dictionary<string, LintedStatement> held)
    {
        var saysAnother = work.ChangesRows || IsValidationOf(statement, held) || statement.HeldTables.Contains(work.Table);
        return held.Keys.FirstOrDefault(table => table != work.Table || !saysAnother);
    }

    /// <summary>VALIDATE of a constraint that the transaction adds: validate-in-same-transaction.</summary>
    private static bool IsValidationOf(LintedStatement statement, Dictionary<string, LintedStatement> held) =>
        statement.Node.List("cmds", "AlterTableCmd").Any(command => command.Text("subtype") == "AT_ValidateConstraint"
            && held.Values.Any(earlier => earlier.Node.List("cmds", "AlterTableCmd").Any(other => other.Node("def")?.Node("Constraint")?.Text("conname") == command.Text("name"))));
}
