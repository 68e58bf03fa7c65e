using System.IO.Enumeration;
using Lockkeeper.Kernel;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Migrate.Lint;

/// <summary>Makes of what the rules found what the policy wants: severities, what is off, what is suppressed, and suppressions that are wrong.</summary>
internal sealed class LintPolicy
{
    private readonly PolicyConfig config;
    private readonly Dictionary<string, RuleInfo> rules;

    /// <param name="config">The configuration.</param>
    /// <param name="rules">Every rule.</param>
    /// <exception cref="LockkeeperException">The configuration names a rule that is not there.</exception>
    public LintPolicy(PolicyConfig config, IReadOnlyList<RuleInfo> rules)
    {
        this.config = config;
        this.rules = rules.Concat(SuppressionRules.All).ToDictionary(rule => rule.Id, StringComparer.Ordinal);
        foreach (var (id, setting) in config.Rules.Concat(config.Paths.SelectMany(path => path.Rules)))
        {
            if (this.rules.ContainsKey(id))
                continue;
            throw new LockkeeperException(MigrateErrors.UnknownRule, $"there is no rule '{id}'", NearestHint(id), setting.At);
        }
    }

    /// <summary>The findings of a script as the policy wants them, in the order of their places.</summary>
    /// <param name="script">What the rules found.</param>
    public PolicyResult Apply(ScriptFindings script)
    {
        var (kept, suppressed) = (new List<Finding>(), new List<SuppressedFinding>());
        var used = new HashSet<Suppression>();
        foreach (var finding in script.Findings)
        {
            if (SeverityOf(finding, script.File) is not { } severity)
                continue;
            if (script.Suppressions.FirstOrDefault(suppression => suppression.Covers(finding)) is { } cover)
            {
                used.Add(cover);
                suppressed.Add(new SuppressedFinding(finding with { Severity = severity }, cover.Reason));
            }
            else
            {
                kept.Add(finding with { Severity = severity });
            }
        }

        foreach (var wrong in script.Suppressions.Where(suppression => !used.Contains(suppression)).Select(Wrong))
        {
            if (SeverityOf(wrong, script.File) is { } severity)
                kept.Add(wrong with { Severity = severity });
        }

        return new PolicyResult([.. kept.OrderBy(finding => finding.At?.Line ?? 0).ThenBy(finding => finding.At?.Column ?? 0)], suppressed);
    }

    /// <summary>Whether a rule is on for any file.</summary>
    /// <param name="rule">The rule.</param>
    public bool IsWanted(RuleInfo rule) => SeverityOf(rule, "") is not null || config.Paths.Any(path => path.Rules.TryGetValue(rule.Id, out var here) && here.Severity is not null);

    /// <summary>How much a rule's findings matter in a file by this policy; null when it is off.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="file">The file as a path from the folder of lockkeeper.yaml.</param>
    public Severity? SeverityOf(RuleInfo rule, string file)
    {
        foreach (var path in config.Paths.Reverse())
        {
            if (path.Rules.TryGetValue(rule.Id, out var here) && FileSystemName.MatchesSimpleExpression(path.Match, file, ignoreCase: false))
                return here.Severity;
        }

        if (config.Rules.TryGetValue(rule.Id, out var set))
            return set.Severity;
        return config.Extends is { } extends && rule.Set <= extends ? rule.Severity : null;
    }

    /// <summary>A finding that its rule made lighter (on a small table) stays lighter.</summary>
    private Severity? SeverityOf(Finding finding, string file)
    {
        var rule = rules[finding.Rule];
        return SeverityOf(rule, file) is not { } severity ? null : finding.Severity < rule.Severity && finding.Severity < severity ? finding.Severity : severity;
    }

    private Finding Wrong(Suppression suppression)
    {
        return !rules.ContainsKey(suppression.Rule)
            ? Of(SuppressionRules.Unknown, $"there is no rule '{suppression.Rule}' to allow", NearestHint(suppression.Rule))
        : suppression.Reason.Length == 0
            ? Of(SuppressionRules.WithoutReason, $"no reason is given for allowing {suppression.Rule}, and it counts only with one", $"Write why it is all right: '-- lk: allow {suppression.Rule}: the table is written to at night only'.")
        : Of(SuppressionRules.Unused, $"{suppression.Rule} finds nothing here any more", SuppressionRules.Unused.Fix);

        Finding Of(RuleInfo rule, string message, string hint) => new(rule.Id, rule.Severity, message, suppression.At, hint);
    }

    private string NearestHint(string id) => NearestName.Of(id, rules.Keys) is { } near ? $"Did you mean '{near}'?" : "'lk migrate lint --rules' lists them.";
}

/// <summary>What a policy makes of a script's findings.</summary>
/// <param name="Findings">Those that count.</param>
/// <param name="Suppressed">Those that the file allows.</param>
internal sealed record PolicyResult(IReadOnlyList<Finding> Findings, IReadOnlyList<SuppressedFinding> Suppressed);

/// <summary>A finding that a file allows.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Reason">Why it is all right, in the words of the file.</param>
internal sealed record SuppressedFinding(Finding Finding, string Reason);
