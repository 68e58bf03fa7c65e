using Lockkeeper.Observe.Regressions;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Regressions;

/// <summary>Which statements count as slower. Numbers are those of one call.</summary>
public sealed class RegressionSearchTests
{
    private static readonly StatementKey key = new("app", "SELECT order_total($1)");

    [Fact]
    public void very_many_more_blocks_for_the_same_rows_count_whatever_the_time_says() => IsSlower(One(25, 0.0001, 10), One(25, 0.0001, 500)).ShouldBeTrue();

    [Fact]
    public void more_blocks_and_more_time_count_together() => IsSlower(One(1000, 0.001, 20), One(1000, 0.003, 45)).ShouldBeTrue();

    [Fact]
    public void one_call_of_a_few_that_had_bad_luck_does_not_count() =>
        // Twice the rows below an aggregate, and one of 25 calls waited for 11 ms.
        IsSlower(One(25, 0.000058, 13), One(25, 0.000517, 25)).ShouldBeFalse();

    [Fact]
    public void more_rows_explain_more_blocks_and_more_time() => IsSlower(One(1000, 0.001, 20, rows: 10), One(1000, 0.003, 60, rows: 30)).ShouldBeFalse();

    [Fact]
    public void time_alone_counts_when_it_is_three_times_as_long_and_adds_up_to_a_second()
    {
        IsSlower(One(1000, 0.001, 20), One(1000, 0.004, 20)).ShouldBeTrue();
        IsSlower(One(100, 0.001, 20), One(100, 0.004, 20)).ShouldBeFalse();
    }

    [Fact]
    public void what_slows_all_statements_down_is_the_machine()
    {
        var (before, after) = (new Dictionary<string, StatementNumbers>(), new Dictionary<string, StatementNumbers>());
        for (var i = 0; i < 5; i++)
            (before[$"{i}"], after[$"{i}"]) = (One(1000, 0.001, 20), One(1000, 0.005, 20));
        Find(before, after, before.Keys.ToDictionary(id => id, id => new StatementKey("app", id))).ShouldBeEmpty();
    }

    private static bool IsSlower(StatementNumbers before, StatementNumbers after) =>
        Find(new Dictionary<string, StatementNumbers> { ["1"] = before }, new Dictionary<string, StatementNumbers> { ["1"] = after }, new Dictionary<string, StatementKey> { ["1"] = key }).Count == 1;

    private static IReadOnlyList<SlowerStatement> Find(Dictionary<string, StatementNumbers> before, Dictionary<string, StatementNumbers> after, IReadOnlyDictionary<string, StatementKey> keys) =>
        RegressionSearch.Find(new WorkloadWindow(default, default, before), new WorkloadWindow(default, default, after), keys);

    private static StatementNumbers One(double calls, double seconds, double blocks, double rows = 1) => new(calls, calls * seconds, calls * rows, calls * blocks, 0);
}
