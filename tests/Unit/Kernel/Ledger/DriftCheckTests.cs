using Lockkeeper.Kernel.Ledger;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Kernel.Ledger;

public sealed class DriftCheckTests
{
    [Theory]
    [InlineData("drift.checked", """{"of":"schema","differences":2,"first":["a","b"]}""", DriftOf.Schema, 2)]
    [InlineData("drift.checked", """{"of":"cluster","differences":0,"first":[]}""", DriftOf.Cluster, 0)]
    [InlineData("run.finished", """{"outcome":"done","changed":true,"left":["work_mem"]}""", DriftOf.Cluster, 1)]
    [InlineData("run.finished", """{"outcome":"done","changed":true,"fingerprint":"ab"}""", DriftOf.Schema, 0)]
    public void looks_and_ends_of_runs_say_what_differs(string kind, string body, DriftOf of, int differences)
    {
        var look = DriftCheck.Read(Entry(kind, "shop", body))!;
        (look.Of, look.Environment, look.Name, look.Differences, look.Run).ShouldBe((of, "dev", "shop", differences, "run1"));
    }

    [Theory]
    [InlineData("run.finished", "shop", """{"outcome":"failed","changed":true,"fingerprint":null}""")]
    [InlineData("run.finished", "shop", """{"outcome":"destroyed","changed":true}""")]
    [InlineData("run.finished", null, """{"fingerprint":"ab"}""")]
    [InlineData("run.started", "shop", """{"fingerprint":"ab"}""")]
    public void what_says_nothing_of_drift_does_not_become_none(string kind, string? database, string body) => DriftCheck.Read(Entry(kind, database, body)).ShouldBeNull();

    private static LedgerEntry Entry(string kind, string? database, string body) => HashChain.Link(new LedgerFact(kind, "run1", "dev", database, "ada", body), DateTimeOffset.UnixEpoch, null);
}
