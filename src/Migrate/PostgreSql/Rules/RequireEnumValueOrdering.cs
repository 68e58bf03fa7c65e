using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>ALTER TYPE … ADD VALUE without a place.</summary>
internal sealed class RequireEnumValueOrdering : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("require-enum-value-ordering", "a new value of an enumeration without its place", Severity.Warning, RuleSet.Strict)
    {
        Why = "The values sort in the order of their creation. Without BEFORE or AFTER the new one is the last, and which one was the last can differ between environments.",
        Fix = "Say where it belongs: ALTER TYPE mood ADD VALUE 'fine' AFTER 'sad'.",
        Peers = ["squawk require-enum-value-ordering", "eugene W13"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var statement in script.Of("AlterEnumStmt"))
        {
            if (statement.Node.Text("oldVal") is null && statement.Node.Text("newValNeighbor") is null && statement.Node.Text("newVal") is { } value)
                yield return statement.Find(Info, $"'{value}' sorts behind whatever is the last value of {SqlName.Of(statement.Node.Strings("typeName"))} there");
        }
    }
}
