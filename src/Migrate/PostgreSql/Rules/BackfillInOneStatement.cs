using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>UPDATE or DELETE over a table in use that its key does not bound.</summary>
internal sealed class BackfillInOneStatement : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("backfill-in-one-statement", "one statement changes rows without a bound", Severity.Warning, RuleSet.Recommended)
    {
        Why = "It keeps every row that it changes locked until the transaction ends, holds back vacuum all the while, doubles the table on disk, sends it all to the replicas at once, and begins from nothing when it fails.",
        Fix = "Put '-- lk: backfill' before the statement: it then runs in batches along the table's key, each committed by itself, and a run that is stopped goes on where it was.",
        GrowsWithTable = true,
        Peers = ["strong_migrations change_column_null with a default", "Bytebase affected-row limit"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var write in script.RowWrites())
        {
            if (write.IsLive && !IsSaidAlready(script, write) && !write.IsBounded)
                yield return write.Find(Info, $"rows of {write.TableWords} are {(write.IsDelete ? "deleted" : "changed")} in one statement that its key does not bound, and stay locked until it ends");
        }
    }

    /// <summary>delete-without-where and update-without-where speak of the same statement.</summary>
    private static bool IsSaidAlready(LintedScript script, RowWrite write) => !write.HasCondition && (write.IsDelete || UpdateWithoutWhere.Lost(script, write).Count > 0);
}
