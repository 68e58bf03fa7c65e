using Lockkeeper.Kernel.Config;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Config;

public sealed class TargetConfigTests
{
    [Theory]
    [InlineData("0", 1000, 0)]
    [InlineData("3", 2, 3)]
    [InlineData("10%", 1000, 100)]
    [InlineData("10%", 9, 0)]
    [InlineData("100%", 7, 7)]
    public void a_budget_is_a_number_or_a_share_rounded_down(string text, int all, int most)
    {
        FailureBudget.TryParse(text, out var budget).ShouldBeTrue();
        budget.Of(all).ShouldBe(most);
        budget.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("1.5%")]
    [InlineData("all")]
    public void anything_else_is_no_budget(string text) => FailureBudget.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void tenants_are_read_with_their_defaults_and_places()
    {
        var targets = Sample.Parse(
            """
            project: shop
            databases:
              shop: { engine: postgres, migrations: m }
              log: { engine: postgres, migrations: l }
            environments:
              - name: dev
                targets:
                  shop: { url: "${env:URL}", schemas: { query: SELECT 1 }, canary: [a], max_failures: 5% }
                  log:
                    urls:
                      - "${env:ONE}"
                      - "${env:TWO}"
                    canary: 1
                    parallel: 8
            """).Environments[0].Targets;
        var (shop, log) = (targets["shop"], targets["log"]);
        (shop.HasTenants, shop.Parallel, shop.MaxFailures.ToString(), shop.Schemas!.Query, shop.Canary!.Names[0].Text).ShouldBe((true, 2, "5%", "SELECT 1", "a"));
        (log.HasTenants, log.Parallel, log.MaxFailures.Number, log.Canary!.Count).ShouldBe((true, 8, 0, 1));
        log.Urls.Select(url => $"{url.Text} {url.At.Line}").ShouldBe(["${env:ONE} 11", "${env:TWO} 12"]);
    }
}
