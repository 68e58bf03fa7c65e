using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>A column of type money.</summary>
internal sealed class BanMoneyType : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-money-type", "a column of type money", Severity.Warning, RuleSet.Strict)
    {
        Why = "money has no currency: lc_monetary of the session decides how it is read and written, and a dump restored under another setting has other amounts.",
        Fix = "Use numeric, and a column for the currency.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var column in script.ColumnDefinitions())
        {
            if (column.Type is { Name: "money" })
                yield return column.Find(Info, $"{column.Name} of {column.TableWords} is of type money, whose meaning depends on lc_monetary");
        }
    }
}
