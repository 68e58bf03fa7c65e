using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.Lint;

/// <summary>The rules about suppressions themselves; they hold for every engine.</summary>
internal static class SuppressionRules
{
    /// <summary>A suppression that covers nothing.</summary>
    public static RuleInfo Unused { get; } = new("unused-suppression", "a suppression that nothing is found for", Severity.Warning, RuleSet.Recommended)
    {
        Why = "It was written for a finding that is gone. Left in place it would hide the next one of that rule.",
        Fix = "Remove the comment.",
        Peers = ["squawk unused-ignore"],
    };

    /// <summary>A suppression without a reason.</summary>
    public static RuleInfo WithoutReason { get; } = new("suppression-without-reason", "a suppression that does not say why", Severity.Error, RuleSet.Recommended)
    {
        Why = "Whoever reviews the change, and whoever reads the file in a year, cannot tell a decision from a shortcut. A suppression without a reason covers nothing.",
        Fix = "Write the reason behind the rule: '-- lk: allow RULE: REASON'.",
    };

    /// <summary>A suppression of a rule that is not there.</summary>
    public static RuleInfo Unknown { get; } = new("unknown-rule", "a suppression of a rule that is not there", Severity.Error, RuleSet.Recommended)
    {
        Why = "A misspelled rule allows nothing.",
        Fix = "Correct the name; 'lk migrate lint --rules' lists the rules.",
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RuleInfo> All { get; } = [Unused, WithoutReason, Unknown];
}
