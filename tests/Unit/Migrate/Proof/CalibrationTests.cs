using Lockkeeper.Migrate.Proof;
using Lockkeeper.Tests.Unit.Kernel.Ledger;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Proof;

public sealed class CalibrationTests
{
    [Fact]
    public async Task a_hold_stands_beside_the_forecast_of_the_same_lock_only()
    {
        // The first entry of this ledger belongs to no environment.
        var ledger = ListLedger.With(1);
        ledger.Append(ProofRecord.Kind, """{"migrations":[{"id":"0002","expected_ms":40,"locks":[{"relation":"public.orders","mode":"ACCESS EXCLUSIVE","hold_ms":12}]}]}""");
        ledger.Append("step.done", """{"step":"0002","duration_ms":90,"locks":{"held":[{"relation":"orders","mode":"SHARE UPDATE EXCLUSIVE","held_ms":70,"at_most":false},{"relation":"orders","mode":"ACCESS EXCLUSIVE","held_ms":15,"at_most":true}]}}""");
        var pair = (await Calibration.ReadAsync(ledger, null, TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        pair.Ratio.ShouldBe(2.25);
        pair.Holds.ShouldBe([new HoldBesideActual("orders", "ACCESS EXCLUSIVE", 12, 15, AtMost: true)]);
    }
}
