using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ACCESS EXCLUSIVE on two or more live tables in one transaction.</summary>
internal sealed class SeveralStrongLocksHeld : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("several-strong-locks-held", "several tables are kept from everybody in one transaction", Severity.Warning, RuleSet.Strict)
    {
        Why = "Each ACCESS EXCLUSIVE lock is kept until the transaction ends, so the first table waits while the transaction waits for the second. An application that takes the two in the other order meets it in a deadlock, and one of them is cancelled.",
        Fix = "Give each table a migration of its own. Where that cannot be, set a short lock_timeout, so that the locks are given back and tried for again.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var block in script.TransactionBlocks())
        {
            var held = new List<string>();
            foreach (var statement in block.Statements)
            {
                foreach (var table in statement.HeldTables.Where(table => !held.Contains(table)))
                {
                    held.Add(table);
                    if (held.Count > 1)
                        yield return statement.Find(Info, $"ACCESS EXCLUSIVE on {statement.Words(table)} while {string.Join(" and ", held.SkipLast(1).Select(statement.Short))} {(held.Count > 2 ? "are" : "is")} still locked", subject: table);
                }
            }
        }
    }
}
