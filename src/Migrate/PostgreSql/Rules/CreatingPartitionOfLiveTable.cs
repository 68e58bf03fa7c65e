using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>CREATE TABLE … PARTITION OF a table that is in use.</summary>
internal sealed class CreatingPartitionOfLiveTable : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("creating-partition-of-live-table", "a new partition locks the whole table", Severity.Warning, RuleSet.Strict)
    {
        Why = "CREATE TABLE … PARTITION OF takes ACCESS EXCLUSIVE on the partitioned table: it waits for every query of any partition, and every later one waits behind it. With a default partition it also reads all rows of that one.",
        Fix = "CREATE TABLE … (LIKE the whole INCLUDING ALL) and ALTER TABLE … ATTACH PARTITION, which takes SHARE UPDATE EXCLUSIVE: reads and writes go on.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("CreateStmt"))
        {
            if (statement.Node.Node("partbound") is null)
                continue;
            foreach (var whole in statement.Node.List("inhRelations", "RangeVar").Select(statement.NameOf).Where(statement.IsLive))
                yield return statement.Find(Info, $"reads and writes of {statement.Words(whole)} wait for the lock that a new partition needs", subject: whole);
        }
    }
}
