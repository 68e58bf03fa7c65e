using Lockkeeper.Migrate.PostgreSql.Rules;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Lint;

public sealed class RuleTests
{
    public static TheoryData<string> Rules => [.. RuleList.All.Select(rule => rule.Info.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void a_rule_finds_what_its_bad_sample_shows(string rule)
    {
        var found = RuleSamples.Findings(rule, "bad.sql");
        found.ShouldNotBeEmpty();
        Golden.Check($"{RuleSamples.Shown}/{rule}/expected.txt", found);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void a_rule_is_silent_about_its_good_sample(string rule) =>
        RuleSamples.Findings(rule, "good.sql").ShouldBeEmpty();

    [Fact]
    public void every_rule_has_an_id_of_its_own_and_says_why_and_what_to_do()
    {
        RuleList.All.Select(rule => rule.Info.Id).ShouldBeUnique();
        foreach (var rule in RuleList.All.Select(rule => rule.Info))
        {
            rule.Id.ShouldMatch("^[a-z][a-z0-9]*(-[a-z0-9]+)*$");
            rule.Title.ShouldMatch("^[^.]+[^.!?]$", rule.Id);
            rule.Why.ShouldEndWith(".", Case.Sensitive, rule.Id);
            rule.Fix.ShouldEndWith(".", Case.Sensitive, rule.Id);
        }
    }

    [Fact]
    public void every_folder_of_samples_belongs_to_a_rule() =>
        Directory.EnumerateDirectories(RuleSamples.Folder).Select(Path.GetFileName).Except(RuleList.All.Select(rule => rule.Info.Id)).ShouldBeEmpty();
}
