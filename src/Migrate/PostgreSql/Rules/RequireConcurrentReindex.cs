using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>REINDEX without CONCURRENTLY.</summary>
internal sealed class RequireConcurrentReindex : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("require-concurrent-reindex", "an index is built anew while writes wait", Severity.Error, RuleSet.Recommended)
    {
        Why = "REINDEX locks the table against writes (SHARE) and each index against everything (ACCESS EXCLUSIVE) until it is built. Planning a query takes a lock on every index of its tables, so most reads wait as well.",
        Fix = "Write REINDEX INDEX CONCURRENTLY or REINDEX TABLE CONCURRENTLY (PostgreSQL 12 and later), in a file of its own.",
        GrowsWithTable = true,
        Peers = ["squawk require-concurrent-reindex"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("ReindexStmt"))
        {
            // The system's own catalogs cannot be reindexed concurrently.
            if (Options.IsOn(statement.Node, "params", "concurrently") || statement.Node.Text("kind") == "REINDEX_OBJECT_SYSTEM")
                continue;
            if (statement.NameOf("relation") is not { } relation)
            {
                yield return statement.Find(Info, "writes to each table, and most reads, wait until its indexes are built");
                continue;
            }

            var table = statement.Node.Text("kind") == "REINDEX_OBJECT_TABLE" ? relation : statement.TableOfIndex(relation);
            if (table is not null && !statement.IsLive(table))
                continue;
            var whose = table is null ? $"the table of {statement.Short(relation)}" : statement.Words(table);
            yield return statement.Find(Info, $"writes to {whose}, and most reads, wait until the index is built", subject: table);
        }
    }
}
