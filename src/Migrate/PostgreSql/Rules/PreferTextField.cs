using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A column of type varchar(n).</summary>
internal sealed class PreferTextField : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("prefer-text-field", "a length that is part of the type", Severity.Warning, RuleSet.Strict)
    {
        Why = "A smaller n rewrites the table, and any change of n takes ACCESS EXCLUSIVE and fails while a view reads the column. text takes the same space.",
        Fix = "Use text, with CHECK (length(column) <= n), which can be added NOT VALID and changed without such a lock.",
        Peers = ["squawk prefer-text-field"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var column in script.ColumnDefinitions())
        {
            if (column.Type is { Name: "varchar", Modifiers.Count: > 0 } type)
                yield return column.Find(Info, $"{column.Name} of {column.TableWords} is {type}, and another length is another type");
        }
    }
}
