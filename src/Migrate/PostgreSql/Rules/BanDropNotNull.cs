using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DROP NOT NULL.</summary>
internal sealed class BanDropNotNull : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("ban-drop-not-null", "a column may be NULL from now on", Severity.Warning, RuleSet.Strict)
    {
        Why = "What reads the column was written for values: an old version of the application, a report or a replica's consumer can fail on the first NULL. The way back has to fill every NULL first.",
        Fix = "Release readers that know what to do with NULL first.",
        Peers = ["squawk ban-drop-not-null"],
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        foreach (var part in script.AlterTableParts())
        {
            if (part.Subtype == "AT_DropNotNull" && part.IsLive && part.KnownColumn?.NotNull != false)
                yield return part.Find(Info, $"column {part.Name} of {part.TableWords} may be NULL from now on, which its readers may not expect");
        }
    }
}
