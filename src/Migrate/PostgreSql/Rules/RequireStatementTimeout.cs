using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A lock without statement_timeout, in a file that another tool runs.</summary>
internal sealed class RequireStatementTimeout : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("require-statement-timeout", "a statement may run without a limit", Severity.Warning, RuleSet.Optional)
    {
        Why = "A statement that takes longer than was thought keeps its locks for as long. 'lk migrate apply --timeout' and '-- lk: timeout' set it; this rule is for files that another tool runs.",
        Fix = "Write SET LOCAL statement_timeout first.",
        Peers = ["squawk require-statement-timeout", "strong_migrations statement_timeout"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        if (script.Script.Timeout is not null)
            yield break;
        var isLimited = false;
        foreach (var statement in script.Statements)
        {
            isLimited = Timeouts.Limits(statement, "statement_timeout") ?? isLimited;
            if (!isLimited && statement.Facts.ConcurrentIndex is null && statement.LiveLocks().FirstOrDefault(held => held.IsStrong) is { } held)
            {
                yield return statement.Find(Info, $"{statement.Facts.Command} may keep its {held.Mode} lock on {statement.Words(held.Relation)} without a limit", subject: held.Relation);
                yield break;
            }
        }
    }
}
