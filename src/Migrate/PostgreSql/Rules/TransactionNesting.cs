using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>BEGIN, COMMIT or ROLLBACK in a file that runs in a transaction.</summary>
internal sealed class TransactionNesting : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("transaction-nesting", "a file that begins or ends a transaction", Severity.Error, RuleSet.Recommended)
    {
        Why = "Each file runs in one transaction together with its row in the history. A BEGIN inside does nothing, a COMMIT ends it in the middle, and what follows is no longer undone by a failure. 'lk migrate apply' takes a BEGIN and COMMIT around the whole file away, and refuses any other (LK3020).",
        Fix = "Remove BEGIN and COMMIT. Where each statement has to run by itself, put '-- lk: no-transaction' at the top.",
        Peers = ["squawk transaction-nesting", "Atlas TX201"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        var own = TransactionStatements.Of(script);
        if (own.Surplus is { } found)
            yield return found.Find(Info, $"{found.Facts.Command} in a file that runs in a transaction of its own");
    }
}
