using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.Proof.Queries;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Proof.Queries;

/// <summary>Which answers of the server speak against a release, and how much.</summary>
public sealed class QueryFindingsTests
{
    private static readonly QueryAnswer Works = new();
    private static readonly QueryAnswer Fails = new() { Error = "column \"a\" does not exist" };

    [Fact]
    public void only_what_worked_before_breaks()
    {
        Of([Tried(Works, Fails)]).ShouldHaveSingleItem().Rule.ShouldBe("breaks-query");
        Of([Tried(Fails, Fails), Tried(Fails, Works), Tried(Works, Works)]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(100, 150, Severity.Info)]
    [InlineData(100, 350, Severity.Warning)]
    public void another_plan_is_worth_a_warning_when_it_costs_more_than_twice_as_much(double before, double after, Severity severity)
    {
        var finding = Of([Tried(Works with { Plan = new QueryPlan(["Index Scan using i on t"], before) }, Works with { Plan = new QueryPlan(["Seq Scan on t"], after) })]).ShouldHaveSingleItem();
        finding.Severity.ShouldBe(severity);
        finding.Message.ShouldContain($"Index Scan using i on t → Seq Scan on t, cost {before} → {after} (1,200 calls an hour)");
    }

    [Fact]
    public void a_column_that_only_comes_at_the_end_of_a_result_is_good_to_know_and_one_that_goes_is_a_warning()
    {
        var one = Works with { Columns = [new ResultColumn("a", "integer")] };
        var two = one with { Columns = [.. one.Columns, new ResultColumn("b", "text")] };
        Of([Tried(one, two)]).ShouldHaveSingleItem().Severity.ShouldBe(Severity.Info);
        var gone = Of([Tried(two, one)]).ShouldHaveSingleItem();
        gone.Severity.ShouldBe(Severity.Warning);
        gone.Message.ShouldContain("has another result: b is gone");
    }

    [Fact]
    public void the_order_of_release_follows_from_who_works_where()
    {
        Order(Works, Works, Works, Works).ShouldBe(DeployOrder.Any);
        Order(Works, Works, Fails, Works).ShouldBe(DeployOrder.MigrationsFirst);
        Order(Works, Fails, Works, Works).ShouldBe(DeployOrder.ApplicationFirst);
        Order(Works, Fails, Fails, Works).ShouldBe(DeployOrder.None);
        new QueriesProof { Old = [], New = null, ComparesPlans = false, NotChecked = [] }.Order.ShouldBeNull();
    }

    private static DeployOrder? Order(QueryAnswer oldBefore, QueryAnswer oldAfter, QueryAnswer newBefore, QueryAnswer newAfter) =>
        new QueriesProof { Old = [Tried(oldBefore, oldAfter)], New = [Tried(newBefore, newAfter)], ComparesPlans = false, NotChecked = [] }.Order;

    private static TriedQuery Tried(QueryAnswer before, QueryAnswer after) => new(new AskedQuery("SELECT a FROM t", 1200, null), before, after);

    private static List<Finding> Of(IReadOnlyList<TriedQuery> old) => [.. QueryFindings.Of(new QueriesProof { Old = old, New = null, ComparesPlans = true, NotChecked = [] })];
}
