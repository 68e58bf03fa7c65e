using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Kernel.Config;

/// <summary>What a policy makes of a rule.</summary>
/// <param name="Severity">How much its findings matter; null when it is off.</param>
/// <param name="At">Where the policy says so.</param>
public sealed record RuleSetting(Severity? Severity, SourcePosition At);

/// <summary>Settings that hold for some files only.</summary>
/// <param name="Match">A pattern for their paths from the folder of lockkeeper.yaml: <c>*</c> stands for any characters, <c>/</c> among them.</param>
/// <param name="Rules">What it makes of rules, by their ids.</param>
public sealed record PathPolicy(string Match, IReadOnlyDictionary<string, RuleSetting> Rules);

/// <summary>Which rules hold for migrations, and how much each matters.</summary>
public sealed record PolicyConfig
{
    /// <summary>The set of rules that it starts from; null for none. Default recommended.</summary>
    public RuleSet? Extends { get; init; } = RuleSet.Recommended;

    /// <summary>What it makes of single rules, by their ids.</summary>
    public IReadOnlyDictionary<string, RuleSetting> Rules { get; init; } = new Dictionary<string, RuleSetting>();

    /// <summary>Settings for some files; of several that match a file the last one counts.</summary>
    public IReadOnlyList<PathPolicy> Paths { get; init; } = [];
}
