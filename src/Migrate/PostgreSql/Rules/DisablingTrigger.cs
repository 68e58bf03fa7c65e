using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Rules;

/// <summary>DISABLE TRIGGER that the same file does not take back.</summary>
internal sealed class DisablingTrigger : IRule<LintedScript>
{
    public RuleInfo Info { get; } = new("disabling-trigger", "a trigger is switched off and stays off", Severity.Warning, RuleSet.Strict)
    {
        Why = "What the trigger keeps true is no longer kept for any session. DISABLE TRIGGER ALL switches foreign keys off as well, and nothing checks later what came in meanwhile.",
        Fix = "Use SET LOCAL session_replication_role = replica for one transaction of a trusted role, or ENABLE the trigger again in the same transaction, knowing that writes wait until it ends.",
    };

    public IEnumerable<Finding> Check(LintedScript script)
    {
        var parts = script.AlterTableParts();
        for (var index = 0; index < parts.Length; index++)
        {
            var part = parts[index];
            if (part.Subtype is not ("AT_DisableTrig" or "AT_DisableTrigAll" or "AT_DisableTrigUser") || !part.IsLiveTable || parts.Skip(index + 1).Any(later => later.Table == part.Table && TakesBack(part, later)))
                continue;
            var what = part.Subtype switch
            {
                "AT_DisableTrigAll" => "every trigger, those of foreign keys included,",
                "AT_DisableTrigUser" => "every trigger",
                _ => $"trigger {part.Name}",
            };
            yield return part.Find(Info, $"{what} of {part.TableWords} stays off for every session");
        }
    }

    private static bool TakesBack(AlterTablePart off, AlterTablePart on) => on.Subtype switch
    {
        "AT_EnableTrigAll" => true,
        "AT_EnableTrigUser" => off.Subtype != "AT_DisableTrigAll",
        "AT_EnableTrig" or "AT_EnableAlwaysTrig" => off.Subtype == "AT_DisableTrig" && off.Name == on.Name,
        _ => false,
    };
}
