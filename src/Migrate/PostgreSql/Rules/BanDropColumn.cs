using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DROP COLUMN.</summary>
internal sealed class BanDropColumn : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-drop-column", "a column is dropped", Severity.Warning, RuleSet.Recommended)
    {
        Why = "The old version of the application still reads the column while the new one is rolled out, and its data is gone for good.",
        Fix = "Release an application that does not use the column first; then drop it, and say so: '-- lk: allow ban-drop-column: not used since VERSION'.",
        Peers = ["squawk ban-drop-column", "Atlas DS103", "strong_migrations remove_column"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype == "AT_DropColumn" && part.IsLive)
                yield return part.Find(Info, $"column {part.Name} of {part.TableWords} is dropped with its data, and an application that still names it fails");
        }
    }
}
