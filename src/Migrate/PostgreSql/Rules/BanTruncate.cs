using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>TRUNCATE.</summary>
internal sealed class BanTruncate : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-truncate", "a table is emptied", Severity.Warning, RuleSet.Recommended)
    {
        Why = "All rows are gone for good. TRUNCATE also takes ACCESS EXCLUSIVE, and a transaction that began before it finds the table empty instead of waiting.",
        Fix = "Delete what has to go, in batches, with a WHERE that says what that is; or say why all of it may go: '-- lk: allow ban-truncate: REASON'.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("TruncateStmt"))
        {
            foreach (var table in statement.Node.List("relations", "RangeVar"))
            {
                var name = statement.NameOf(table);
                if (statement.IsLive(name))
                    yield return statement.Find(Info, $"all rows of {statement.Words(name)} are deleted", table, name);
            }
        }
    }
}
