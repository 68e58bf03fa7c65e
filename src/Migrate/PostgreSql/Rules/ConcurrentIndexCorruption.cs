using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>CREATE INDEX CONCURRENTLY on PostgreSQL 14.0 to 14.3.</summary>
internal sealed class ConcurrentIndexCorruption : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("concurrent-index-corruption", "the server can build an index that misses rows", Severity.Error, RuleSet.Recommended)
    {
        Why = "In PostgreSQL 14.0 to 14.3, CREATE INDEX CONCURRENTLY and REINDEX CONCURRENTLY can leave out rows that are changed while they work: searches by such an index miss rows, and a unique one lets equal rows in.",
        Fix = "Update the server to 14.4 or later first, and REINDEX what was built concurrently before; pg_amcheck --heapallindexed finds the damage.",
        Peers = ["strong_migrations add_index_corruption"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        if (script.Target is not { ServerVersion: >= 140_000 and < 140_004 and var version })
            yield break;
        foreach (var statement in script.Of("IndexStmt").Where(statement => statement.Node.Is("concurrent")))
            yield return statement.Find(Info, $"this server is PostgreSQL 14.{version % 10_000}, in which an index that is built concurrently can miss rows", subject: statement.NameOf("relation"));
        foreach (var statement in script.Of("ReindexStmt").Where(statement => Options.IsOn(statement.Node, "params", "concurrently")))
            yield return statement.Find(Info, $"this server is PostgreSQL 14.{version % 10_000}, in which an index that is built concurrently can miss rows");
    }
}
