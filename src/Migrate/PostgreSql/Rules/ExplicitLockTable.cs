using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>LOCK TABLE in a mode that keeps an application waiting.</summary>
internal sealed class ExplicitLockTable : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("explicit-lock-table", "a table is locked by hand", Severity.Warning, RuleSet.Recommended)
    {
        Why = "LOCK TABLE keeps its lock until the transaction ends. Without a mode it is ACCESS EXCLUSIVE, which reads wait for; from SHARE upward writes wait.",
        Fix = "Leave it to the statements that need a lock. Where rows must not change meanwhile, take the weakest mode that does it, with a short lock_timeout, and do nothing slow in that transaction.",
    };

    /// <summary>ShareLock and AccessExclusiveLock of lockdefs.h.</summary>
    private const int Share = 5, AccessExclusive = 8;

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("LockStmt"))
        {
            if (statement.Node.Number("mode") < Share)
                continue;
            var waiting = statement.Node.Number("mode") == AccessExclusive ? "reads and writes of" : "writes to";
            foreach (var table in statement.Node.List("relations", "RangeVar").Select(statement.NameOf).Where(statement.IsLive))
                yield return statement.Find(Info, $"{waiting} {statement.Words(table)} wait until this transaction ends", subject: table);
        }
    }
}
