using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A strong lock without lock_timeout, in a file that another tool runs.</summary>
internal sealed class RequireLockTimeout : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("require-lock-timeout", "a strong lock is waited for without a limit", Severity.Warning, RuleSet.Optional)
    {
        Why = "While ALTER TABLE waits for a long query, everything that comes after it waits behind it. lk sets lock_timeout itself and tries again; this rule is for files that another tool runs.",
        Fix = "Write SET LOCAL lock_timeout = '1s' first, and run the file again when it fails.",
        Peers = ["squawk require-lock-timeout", "eugene E9", "strong_migrations lock_timeout"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        var isLimited = false;
        foreach (var statement in script.Statements)
        {
            isLimited = Timeouts.Limits(statement, "lock_timeout") ?? isLimited;
            if (!isLimited && statement.Facts.ConcurrentIndex is null && statement.LiveLocks().FirstOrDefault(held => held.IsStrong) is { } held)
            {
                yield return statement.Find(Info, $"{statement.Facts.Command} waits for its {held.Mode} lock on {statement.Words(held.Relation)} without a limit", subject: held.Relation);
                yield break;
            }
        }
    }
}
