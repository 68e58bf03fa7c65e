using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>The keys of <c>policy</c>.</summary>
internal static class PolicyShape
{
    private static readonly RuleLevelShape Level = new();

    private static readonly Key<RuleSet?> Extends = new(
        "extends", Values.Choice<RuleSet?>(["recommended", "strict", "none"], [RuleSet.Recommended, RuleSet.Strict, null]),
        "The set of rules to start from: recommended has what stops or breaks a running application or loses data, strict also what makes trouble later, none has no rule.")
    {
        Default = "recommended", Example = "strict",
    };

    private static readonly Key<IReadOnlyDictionary<string, RuleSetting>> Rules = new(
        "rules", new MapShape<RuleSetting>(Level, "rules"), "What becomes of single rules, by their ids as 'lk migrate lint --rules' lists them: off, info, warning or error.")
    {
        Example = "{ prefer-identity: off, ban-drop-column: error }",
    };

    private static readonly Key<string> Match = new(
        "match", Values.Text, "The files, as a path from the folder of lockkeeper.yaml; * stands for any characters, / among them.") { Required = true, Example = "migrations/shop/0001_*" };

    private static readonly Key<IReadOnlyDictionary<string, RuleSetting>> PathRules = new(
        "rules", new MapShape<RuleSetting>(Level, "rules", least: 1), "What becomes of rules in these files.") { Required = true, Example = "{ ban-drop-table: off }" };

    private static readonly Key<IReadOnlyList<PathPolicy>> Paths = new(
        "paths", new ListShape<PathPolicy>(PathShape(), "paths"), "Settings for some files only; of several that match a file, the last one counts.")
    {
        Example = "[ { match: \"migrations/shop/0001_*\", rules: { prefer-identity: off } } ]",
    };

    /// <summary>The keys of an entry of <c>paths</c>.</summary>
    public static IRecordShape PathKeys => (IRecordShape)Paths.Shape.Item!;

    public static RecordShape<PolicyConfig> Shape { get; } = new(
        "policy", [Extends, Rules, Paths],
        fields => new PolicyConfig
        {
            Extends = fields.Get(Extends),
            Rules = fields.GetOrNull(Rules) ?? new Dictionary<string, RuleSetting>(),
            Paths = fields.GetOrNull(Paths) ?? [],
        });

    private static RecordShape<PathPolicy> PathShape() => new("a path policy", [Match, PathRules], fields => new PathPolicy(fields.Get(Match), fields.Get(PathRules)));

    /// <summary>What becomes of a rule, with its place: the ids are checked where the rules are known.</summary>
    private sealed class RuleLevelShape : IShape<RuleSetting>
    {
        private static readonly ScalarShape<Severity?> Levels = Values.Choice<Severity?>(["off", "info", "warning", "error"], [null, Severity.Info, Severity.Warning, Severity.Error]);

        public string Words => Levels.Words;

        public IShape? Item => null;

        public JsonObject Schema() => Levels.Schema();

        public bool TryRead(YamlNode node, string label, Problems problems, out RuleSetting value)
        {
            var read = Levels.TryRead(node, label, problems, out var severity);
            value = new RuleSetting(severity, problems.At(node));
            return read;
        }
    }
}
