using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.PostgreSql.Lint;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Lint;

public sealed class SquawkRulesTests
{
    private static readonly IReadOnlyList<RuleInfo> Ours = [.. new PostgreSqlLinter().Rules, .. SuppressionRules.All];

    [Fact]
    public void every_rule_of_squawk_has_one_of_ours_or_a_reason_why_not()
    {
        var covered = Ours.SelectMany(SquawkRules.Of).ToHashSet();
        SquawkRules.All.Where(rule => rule.WhyNone is null && !covered.Contains(rule.Id)).Select(rule => rule.Id).ShouldBeEmpty();
        SquawkRules.All.Where(rule => rule.WhyNone is not null && covered.Contains(rule.Id)).Select(rule => rule.Id).ShouldBeEmpty("a reason for none, and yet there is one");
    }

    [Fact]
    public void what_our_rules_name_of_squawk_exists() =>
        Ours.SelectMany(SquawkRules.Of).Except(SquawkRules.All.Select(rule => rule.Id)).ShouldBeEmpty();

    [Fact]
    public void the_page_beside_squawk_is_current() => Golden.Check("docs/lint-and-squawk.md", SquawkRules.Page(Ours));
}
