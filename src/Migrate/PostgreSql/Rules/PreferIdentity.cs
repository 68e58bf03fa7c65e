using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A column of type serial.</summary>
internal sealed class PreferIdentity : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("prefer-identity", "a column of type serial", Severity.Warning, RuleSet.Strict)
    {
        Why = "The sequence behind serial is an object of its own: it needs a grant of its own, a copied table shares it, and an INSERT can pass it by and collide with it later.",
        Fix = "Write bigint GENERATED ALWAYS AS IDENTITY (or BY DEFAULT).",
        Peers = ["squawk prefer-identity"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var column in script.ColumnDefinitions())
        {
            if (column.Type is { IsSerial: true } type)
                yield return column.Find(Info, $"{column.Name} of {column.TableWords} is {type}, with a sequence of its own");
        }
    }
}
