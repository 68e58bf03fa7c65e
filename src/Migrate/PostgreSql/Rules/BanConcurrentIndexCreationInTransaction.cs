using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>CREATE INDEX CONCURRENTLY, VACUUM and whatever else the server refuses inside a transaction, in a file that runs in one.</summary>
internal sealed class BanConcurrentIndexCreationInTransaction : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-concurrent-index-creation-in-transaction", "a statement that cannot run in a transaction, in a file that runs in one", Severity.Error, RuleSet.Recommended)
    {
        Why = "CREATE INDEX CONCURRENTLY and its kin commit while they work, so the server refuses them inside a transaction, and 'lk migrate apply' refuses the file (LK3021) before it sends anything.",
        Fix = "Move the statement into a file of its own, which then runs without a transaction by itself, or put '-- lk: no-transaction' at the top of the file.",
        Peers = ["squawk ban-concurrent-index-creation-in-transaction", "Atlas PG103", "Atlas TX101"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.TransactionBlocks().Where(block => block.IsOpen).SelectMany(block => block.Statements))
        {
            if (statement.Parsed.CannotRunInTransaction is { } reason)
                yield return statement.Find(Info, $"{reason}, and here it would run in a transaction");
        }
    }
}
