using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Proof;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Proof;

/// <summary>The arithmetic of forecasts.</summary>
public sealed class ForecastTests
{
    private static readonly TargetFacts Busy = new(
        new Dictionary<string, RelationSize> { ["orders"] = new(1_000_000, 10_000) },
        [new Traffic("orders", Writes: false, 100, 2, 1), new Traffic("orders", Writes: true, 10, 2, 1), new Traffic("other", Writes: true, 1000, 1, 1)], [], "pg_stat_statements", []);

    [Fact]
    public void a_lock_is_held_to_the_end_of_its_transaction_and_blocks_what_its_mode_blocks()
    {
        var all = Held("ACCESS EXCLUSIVE", Blocked.Reads | Blocked.Writes | Blocked.SchemaChanges);
        var trace = new ScriptTrace(true, [Statement(1, 2) with { Locks = [all] }, Statement(2, 3) with { Rewrites = ["orders"], Scans = ["orders"] }], null);
        var forecast = new Forecaster(Busy, new WorkRates(10_000, 5_000), TimeSpan.FromSeconds(1)).Of(trace);
        forecast.ExpectedMs.ShouldBe(2 + 3 + 200);
        forecast.Locks.ShouldHaveSingleItem().ShouldBe(new LockForecast(1, "orders", "ACCESS EXCLUSIVE", 205, 110, 1));
        var writes = trace with { InTransaction = false, Statements = [Statement(1, 2) with { Locks = [Held("SHARE", Blocked.Writes)] }, trace.Statements[1]] };
        new Forecaster(Busy, new WorkRates(10_000, 5_000), TimeSpan.FromSeconds(1)).Of(writes).Locks.ShouldHaveSingleItem().ShouldBe(new LockForecast(1, "orders", "SHARE", 2, 10, 1));
    }

    [Theory]
    [InlineData(0.0, 0.0, 1.0, 0.0)]
    [InlineData(3.0, 0.0, 1.0, 2.0)]
    // By numerical integration of the log-normal's tail.
    [InlineData(1.0, 1.0, 1.0, 0.322793)]
    [InlineData(1.0, 1.0, 10.0, 0.002088)]
    public void the_time_that_runners_have_left_is_that_of_the_distribution(double mean, double deviation, double limit, double expected) =>
        Forecaster.Excess(mean, deviation, limit).ShouldBe(expected, 0.00001);

    [Fact]
    public void an_old_transaction_and_long_statements_lower_the_chance()
    {
        var trace = new ScriptTrace(true, [Statement(1, 2) with { Locks = [Held("ACCESS EXCLUSIVE", Blocked.Reads | Blocked.Writes)] }], null);
        Chance(Busy with { Open = [new OpenTransaction("orders", Blocked.Nothing, Writes: false, 9)] })!.Value.ShouldBe(0.1, 0.0001);
        Chance(Busy with { Traffic = [new Traffic("orders", false, 0.5, 3000, 0)] })!.Value.ShouldBe(Math.Exp(-1), 0.0001);
        Chance(Busy with { Traffic = [] }).ShouldBeNull();

        double? Chance(TargetFacts facts) => new Forecaster(facts, new WorkRates(1, 1), TimeSpan.FromSeconds(1)).Of(trace).Locks[0].Chance;
    }

    private static StatementTrace Statement(int number, double milliseconds) => new(number, 1, "ALTER TABLE", "", new SourcePosition("a.sql", 1, 1), milliseconds);

    private static HeldLock Held(string mode, Blocked blocks) => new("orders", mode, blocks);
}
