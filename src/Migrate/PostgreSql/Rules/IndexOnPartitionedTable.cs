using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>CREATE INDEX on a partitioned table.</summary>
internal sealed class IndexOnPartitionedTable : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("index-on-partitioned-table", "an index is built on every partition while writes wait", Severity.Error, RuleSet.Recommended)
    {
        Why = "CREATE INDEX on a partitioned table builds the index on all of its partitions in one transaction, with a SHARE lock on each of them until the last one is built. With CONCURRENTLY the server refuses it.",
        Fix = "CREATE INDEX … ON ONLY the partitioned table, which makes an invalid index and is over at once; CREATE INDEX CONCURRENTLY on each partition; then ALTER INDEX … ATTACH PARTITION for each. With the last one the index becomes valid.",
        GrowsWithTable = true,
        Peers = ["Atlas PG108"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("IndexStmt"))
        {
            if (statement.Node.Node("relation") is not { } relation || statement.NameOf(relation) is not { } table
                || statement.Before.Table(table) is not { Kind: RelationKind.PartitionedTable })
                continue;
            if (statement.Node.Is("concurrent"))
                yield return statement.Find(Info, $"the server refuses CREATE INDEX CONCURRENTLY on {statement.Words(table)}, which is partitioned") with { Subject = null };
            else if (relation.Is("inh") && statement.IsLive(table))
                yield return statement.Find(Info, $"writes to every partition of {statement.Words(table)} wait until the index is built on all of them", subject: table);
        }
    }
}
