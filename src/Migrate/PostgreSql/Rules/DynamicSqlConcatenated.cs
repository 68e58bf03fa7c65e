using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>EXECUTE of a text put together without quoting.</summary>
internal sealed class DynamicSqlConcatenated : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("dynamic-sql-concatenated", "a statement is put together from unquoted parts", Severity.Warning, RuleSet.Recommended)
    {
        Why = "A value with a quote in it breaks the statement or becomes a part of it (SQL injection), with the rights of the function's owner where it is SECURITY DEFINER.",
        Fix = "Use EXECUTE format('… %I … %L', name, value), or EXECUTE … USING value.",
        Peers = ["Atlas SA101"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Statements)
        {
            if (ProcedureBody.Of(statement) is { } body && body.Concatenates)
                yield return statement.Find(Info, "EXECUTE runs a text that || puts together without quote_ident, quote_literal or format", body.At);
        }
    }
}
