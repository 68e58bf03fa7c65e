using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A column of type char(n).</summary>
internal sealed class BanCharField : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-char-field", "a column of type char(n)", Severity.Warning, RuleSet.Strict)
    {
        Why = "char(n) fills values with blanks up to n, stores them, and ignores them in comparisons but not in LIKE. It is neither smaller nor faster than text.",
        Fix = "Use text, with CHECK (length(column) = n) where the length matters.",
        Peers = ["squawk ban-char-field"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var column in script.ColumnDefinitions())
        {
            if (column.Type is { Name: "bpchar" } type)
                yield return column.Find(Info, $"{column.Name} of {column.TableWords} is {type}, which is filled with blanks");
        }
    }
}
