using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>BEGIN without an end.</summary>
internal sealed class BanUncommittedTransaction : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-uncommitted-transaction", "a transaction that is begun and not ended", Severity.Error, RuleSet.Recommended)
    {
        Why = "A tool that sends the file as it is undoes all of it when the connection closes, or goes on inside the open transaction with its locks held.",
        Fix = "Remove the BEGIN: each file runs in one transaction already.",
        Peers = ["squawk ban-uncommitted-transaction"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        if (TransactionStatements.Of(script).Unended is { } begin)
            yield return begin.Find(Info, $"{begin.Facts.Command} without a COMMIT");
    }
}
