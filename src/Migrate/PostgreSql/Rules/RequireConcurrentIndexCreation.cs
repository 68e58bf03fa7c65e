using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>CREATE INDEX without CONCURRENTLY.</summary>
internal sealed class RequireConcurrentIndexCreation : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("require-concurrent-index-creation", "an index is built while writes wait", Severity.Error, RuleSet.Recommended)
    {
        Why = "CREATE INDEX takes a SHARE lock on the table until the index is built: every INSERT, UPDATE and DELETE waits, for minutes on a large table.",
        Fix = "Write CREATE INDEX CONCURRENTLY in a file of its own, outside a transaction.",
        GrowsWithTable = true,
        Peers = ["squawk require-concurrent-index-creation", "Atlas PG101", "strong_migrations add_index", "eugene E6"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("IndexStmt"))
        {
            // On a partitioned table CONCURRENTLY is refused by the server: index-on-partitioned-table has the way.
            if (statement.Node.Is("concurrent") || statement.NameOf("relation") is not { } table || !statement.IsLive(table)
                || statement.Before.Table(table) is { Kind: RelationKind.PartitionedTable })
                continue;
            yield return statement.Find(Info, $"writes to {statement.Words(table)} wait until the index is built", subject: table);
        }
    }
}
