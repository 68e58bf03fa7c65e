using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>What the grammar does not take. The parser finds it, not a rule.</summary>
internal static class SyntaxError
{
    public static RuleInfo Rule { get; } = new("syntax-error", "a statement that PostgreSQL's grammar does not take", Severity.Error, RuleSet.Recommended)
    {
        Why = "The statement will fail. It is read by PostgreSQL's own grammar, in the version of the libpg_query that is installed; a newer server may know newer syntax.",
        Fix = "Correct the statement. Where it is newer than the grammar, 'lk migrate prove' asks the server itself.",
        Peers = ["squawk syntax-error"],
    };
}
