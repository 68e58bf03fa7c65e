using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DETACH PARTITION without CONCURRENTLY.</summary>
internal sealed class RequireConcurrentPartitionDetach : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("require-concurrent-partition-detach", "a partition is detached while all of the table waits", Severity.Warning, RuleSet.Recommended)
    {
        Why = "DETACH PARTITION takes ACCESS EXCLUSIVE on the partitioned table: it waits for every query of any of the partitions, and every later query waits behind it.",
        Fix = "Write DETACH PARTITION … CONCURRENTLY (PostgreSQL 14 and later) in a file of its own. It is refused while the table has a default partition; there, and before 14, set a short lock_timeout and try again.",
        Peers = ["squawk require-concurrent-partition-detach"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype != "AT_DetachPartition" || !part.IsLive || part.Definition("PartitionCmd") is not { } detached || detached.Is("concurrent"))
                continue;
            yield return part.Find(Info, $"queries of {part.TableWords} wait for the lock that DETACH PARTITION needs", hint: Hint(part, script));
        }
    }

    private static string? Hint(AlterTablePart part, LintedScript script)
    {
        const string retry = "give the file a short lock_timeout, so that it tries again instead of holding up the queries behind it.";
        if (script.Target is { ServerVersion: < 140_000 })
            return $"This server has no DETACH PARTITION CONCURRENTLY: {retry}";
        return part.Statement.Before.Tables.Values.Any(table => table.IsDefaultPartition && table.PartitionOf == part.Table)
            ? $"{part.Statement.Short(part.Table)} has a default partition, with which CONCURRENTLY is refused: {retry}"
            : null;
    }
}
