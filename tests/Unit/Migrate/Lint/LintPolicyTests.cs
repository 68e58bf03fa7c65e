using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Lint;

public sealed class LintPolicyTests
{
    private static readonly SourcePosition Yaml = new("lockkeeper.yaml", 12, 5);
    private static readonly IReadOnlyList<RuleInfo> Rules = [Rule("locks", RuleSet.Recommended, Severity.Error), Rule("types", RuleSet.Strict, Severity.Warning), Rule("names", RuleSet.Optional, Severity.Warning)];

    [Theory]
    [InlineData("recommended", "error", "", "")]
    [InlineData("strict", "error", "warning", "")]
    [InlineData("none", "", "", "")]
    public void a_policy_starts_from_a_set(string extends, string locks, string types, string names)
    {
        var policy = new LintPolicy(new PolicyConfig { Extends = extends == "none" ? null : Enum.Parse<RuleSet>(extends, ignoreCase: true) }, Rules);
        Rules.Select(rule => policy.SeverityOf(rule, "a.sql")?.ToString().ToLowerInvariant() ?? "").ShouldBe([locks, types, names]);
    }

    [Fact]
    public void a_rule_that_is_named_counts_as_it_says_even_when_its_set_does_not_hold()
    {
        var policy = new LintPolicy(new PolicyConfig { Rules = Settings(("names", Severity.Info), ("locks", null)) }, Rules);
        policy.SeverityOf(Rules[2], "a.sql").ShouldBe(Severity.Info);
        policy.SeverityOf(Rules[0], "a.sql").ShouldBeNull();
    }

    [Fact]
    public void the_last_path_that_matches_a_file_decides()
    {
        var policy = new LintPolicy(
            new PolicyConfig
            {
                Rules = Settings(("locks", Severity.Warning)),
                Paths = [new PathPolicy("old/*", Settings(("locks", null))), new PathPolicy("*/0007_*", Settings(("locks", Severity.Info)))],
            },
            Rules);
        policy.SeverityOf(Rules[0], "new/0001_a.sql").ShouldBe(Severity.Warning);
        policy.SeverityOf(Rules[0], "old/sub/0001_a.sql").ShouldBeNull();
        policy.SeverityOf(Rules[0], "old/0007_a.sql").ShouldBe(Severity.Info);
    }

    [Fact]
    public void a_finding_that_its_rule_made_lighter_stays_lighter()
    {
        var policy = new LintPolicy(new PolicyConfig { Rules = Settings(("locks", Severity.Error)) }, Rules);
        policy.Apply(Script([Finding("locks", 1, Severity.Info)])).Findings.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Info);
    }

    [Fact]
    public void a_suppression_with_a_reason_takes_a_finding_out_and_keeps_the_reason()
    {
        var result = new LintPolicy(new PolicyConfig(), Rules).Apply(Script([Finding("locks", 3), Finding("locks", 9)], Allow("locks", "at night", 2, 5)));
        result.Suppressed.ShouldHaveSingleItem().Reason.ShouldBe("at night");
        result.Findings.ShouldHaveSingleItem().At!.Line.ShouldBe(9);
    }

    [Fact]
    public void a_suppression_without_a_reason_covers_nothing_and_is_a_finding()
    {
        var result = new LintPolicy(new PolicyConfig(), Rules).Apply(Script([Finding("locks", 3)], Allow("locks", "", 2, 5)));
        result.Suppressed.ShouldBeEmpty();
        result.Findings.Select(finding => finding.Rule).ShouldBe(["suppression-without-reason", "locks"]);
    }

    [Fact]
    public void a_suppression_that_covers_nothing_is_a_finding()
    {
        var result = new LintPolicy(new PolicyConfig(), Rules).Apply(Script([], Allow("locks", "once so", 2, 5)));
        result.Findings.ShouldHaveSingleItem().Rule.ShouldBe("unused-suppression");
    }

    [Fact]
    public void a_suppression_of_a_rule_that_is_not_there_names_the_nearest()
    {
        var found = new LintPolicy(new PolicyConfig(), Rules).Apply(Script([], Allow("lokcs", "at night", 2, 5))).Findings.ShouldHaveSingleItem();
        found.Rule.ShouldBe("unknown-rule");
        found.Hint.ShouldBe("Did you mean 'locks'?");
    }

    [Fact]
    public void a_setting_of_a_rule_that_is_not_there_is_refused_at_its_place()
    {
        var error = Should.Throw<LockkeeperException>(() => new LintPolicy(new PolicyConfig { Rules = Settings(("tpyes", Severity.Error)) }, Rules));
        error.Code.ShouldBe(MigrateErrors.UnknownRule);
        error.At.ShouldBe(Yaml);
        error.Hint.ShouldBe("Did you mean 'types'?");
    }

    private static RuleInfo Rule(string id, RuleSet set, Severity severity) => new(id, "a title", severity, set) { Why = "Why.", Fix = "Fix." };

    private static Dictionary<string, RuleSetting> Settings(params (string Rule, Severity? Severity)[] settings) => settings.ToDictionary(setting => setting.Rule, setting => new RuleSetting(setting.Severity, Yaml));

    private static Finding Finding(string rule, int line, Severity severity = Severity.Error) => new(rule, severity, "something is found", new SourcePosition("a.sql", line, 1));

    private static Suppression Allow(string rule, string reason, int first, int last) => new(rule, reason, new SourcePosition("a.sql", first, 1), first, last);

    private static ScriptFindings Script(IReadOnlyList<Finding> findings, params Suppression[] suppressions) =>
        new(new Migration("1", MigrationKind.Planned, null, "a", MigrationScript.Of("SELECT 1;", "a.sql"), null), "a.sql", findings, suppressions);
}
