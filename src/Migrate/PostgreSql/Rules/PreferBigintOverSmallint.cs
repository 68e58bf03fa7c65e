using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A key of two bytes.</summary>
internal sealed class PreferBigintOverSmallint : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("prefer-bigint-over-smallint", "a key that ends at 32,767", Severity.Warning, RuleSet.Strict)
    {
        Why = "When the numbers run out every INSERT fails, rolled back ones count too, and changing the type rewrites the table and every one that refers to it.",
        Fix = "Use bigint for keys; a smallint saves nothing where the next column is aligned to eight bytes.",
        Peers = ["squawk prefer-bigint-over-smallint"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var column in script.ColumnDefinitions())
        {
            if (column.Type?.Stored is { Name: "int2", IsArray: false } && column.IsKey)
                yield return column.Find(Info, $"the key {column.Name} of {column.TableWords} ends at 32,767");
        }
    }
}
