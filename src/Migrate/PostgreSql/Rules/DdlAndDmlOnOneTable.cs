using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ALTER TABLE and UPDATE of the same table in one transaction.</summary>
internal sealed class DdlAndDmlOnOneTable : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ddl-and-dml-on-one-table", "a table's shape and its rows are changed in one transaction", Severity.Warning, RuleSet.Recommended)
    {
        Why = "After the ALTER TABLE everybody waits until the rows are changed and the transaction ends. The other way round, the transaction asks for a stronger lock than it holds, which ends in a deadlock with anybody who does the same, and the server refuses ALTER TABLE where deferred triggers wait.",
        Fix = "Change the shape in one migration and the rows in another, in batches.",
        GrowsWithTable = true,
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var block in script.TransactionBlocks())
        {
            var (shaped, changed) = (new Dictionary<string, LintedStatement>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
            foreach (var statement in block.Statements)
            {
                if (RowWork.Of(statement) is { ChangesRows: true, Table: { } table } && statement.IsLiveTable(table))
                {
                    changed.Add(table);
                    if (shaped.TryGetValue(table, out var earlier))
                        yield return statement.Find(Info, $"reads and writes of {statement.Words(table)}, locked since line {earlier.Parsed.Sql.At.Line}, wait while its rows are changed", subject: table);
                }

                foreach (var locked in statement.HeldTables)
                {
                    // LOCK TABLE before the change is how the deadlock is kept away.
                    if (statement.Kind != "LockStmt" && shaped.TryAdd(locked, statement) && changed.Contains(locked))
                        yield return statement.Find(Info, $"{statement.Words(locked)} is locked against everybody by a transaction that has changed its rows already", subject: locked);
                }
            }
        }
    }
}
