using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A DO block.</summary>
internal sealed class DynamicSqlNotInspectable : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("dynamic-sql-not-inspectable", "a block that cannot be read here", Severity.Info, RuleSet.Recommended)
    {
        Why = "What a DO block does is known when it runs: the rules see none of its statements, and later files are read without what it makes.",
        Fix = "Write its statements as such where that is possible; 'lk migrate prove' runs the block on a shadow database and looks.",
        Peers = ["strong_migrations execute"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("DoStmt"))
            yield return statement.Find(Info, "what this block does was not looked at");
    }
}
