using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DROP INDEX without CONCURRENTLY.</summary>
internal sealed class RequireConcurrentIndexDeletion : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("require-concurrent-index-deletion", "an index is dropped while reads and writes wait", Severity.Warning, RuleSet.Recommended)
    {
        Why = "DROP INDEX takes ACCESS EXCLUSIVE on the index's table. It is quick once it has the lock, but it waits for every statement that uses the table, and everything that comes after waits behind it.",
        Fix = "Write DROP INDEX CONCURRENTLY, which lets reads and writes go on, in a file of its own. An index of a partitioned table cannot be dropped so: give that a short lock_timeout and try again.",
        Peers = ["squawk require-concurrent-index-deletion", "Atlas PG102", "strong_migrations remove_index"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("DropStmt"))
        {
            if (statement.Node.Text("removeType") != "OBJECT_INDEX" || statement.Node.Is("concurrent"))
                continue;
            foreach (var index in statement.DroppedNames())
            {
                var table = statement.TableOfIndex(index);
                if (table is not null && (!statement.IsLive(table) || statement.Before.Table(table)?.Kind == RelationKind.PartitionedTable))
                    continue;
                var whose = table is null ? $"the table of {statement.Short(index)}" : statement.Words(table);
                yield return statement.Find(Info, $"reads and writes of {whose} wait for the lock that DROP INDEX needs", subject: table);
            }
        }
    }
}
