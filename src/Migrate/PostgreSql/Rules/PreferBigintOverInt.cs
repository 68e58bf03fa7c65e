using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A key of four bytes.</summary>
internal sealed class PreferBigintOverInt : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("prefer-bigint-over-int", "a key that ends at 2,147,483,647", Severity.Warning, RuleSet.Strict)
    {
        Why = "When the numbers run out every INSERT fails, rolled back ones count too, and changing the type rewrites the table and every one that refers to it.",
        Fix = "Use bigint for keys.",
        Peers = ["squawk prefer-bigint-over-int"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var column in script.ColumnDefinitions())
        {
            if (column.Type?.Stored is { Name: "int4", IsArray: false } && column.IsKey)
                yield return column.Find(Info, $"the key {column.Name} of {column.TableWords} ends at 2,147,483,647");
        }
    }
}
