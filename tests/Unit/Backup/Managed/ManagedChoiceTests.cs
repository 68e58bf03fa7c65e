using System.Text.Json.Nodes;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.Managed;

/// <summary>What a drill of a managed cluster tries.</summary>
public sealed class ManagedChoiceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly ManagedSnapshot Old = Taken("old", -48);

    private static readonly ManagedSnapshot New = Taken("new", -24);

    private static readonly ManagedView Both = new([Old, New, New with { Label = "creating", IsReady = false, Status = "creating" }], Noon.AddHours(-48), Noon, Exists: true);

    [Fact]
    public void by_turns_it_is_the_newest_snapshot_that_can_be_restored_and_a_random_moment()
    {
        Of(Both, null, null).Set.ShouldBe("new");
        Of(Both, null, new JsonObject { ["target"] = "moment" }).Kind.ShouldBe(ManagedChoice.Snapshot);
        var drawn = Of(Both, null, new JsonObject { ["target"] = "snapshot" });
        (drawn.Kind, drawn.Random).ShouldBe((ManagedChoice.Moment, Noon.AddHours(-24)));
        drawn.Source.Moment.ShouldBe(drawn.Until);
        drawn.Set.ShouldBe("moment 2026-11-21 12:00:00Z");
    }

    [Fact]
    public void without_a_log_it_is_always_a_snapshot_and_without_a_snapshot_a_moment()
    {
        Of(Both with { Latest = null }, null, new JsonObject { ["target"] = "snapshot" }).Set.ShouldBe("new");
        Of(Both with { Snapshots = [] }, null, null).Kind.ShouldBe(ManagedChoice.Moment);
        Of(Both with { Snapshots = [], Earliest = Noon }, null, null).Words.ShouldBe("the newest state, 2026-11-22 12:00:00Z");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.999999)]
    public void a_random_moment_lies_within_the_range(double chance)
    {
        var view = Both with { Earliest = Noon.AddSeconds(-4.3) };
        var moment = ManagedChoice.OfDrill("shop", view, "random", null, null, chance).Random!.Value;
        moment.ShouldBeGreaterThan(view.Earliest!.Value);
        moment.ShouldBeLessThan(view.Latest!.Value);
    }

    [Theory]
    [InlineData("random", null, "LK5010", "no moment of shop can be drawn")]
    [InlineData("snapshot", null, "LK5009", "there is no backup of shop in the service")]
    [InlineData("latest", null, "LK5009", "there is no backup of shop in the service")]
    [InlineData("2026-11-22T12:00:00Z", null, "LK5010", "2026-11-22 12:00:00Z cannot be restored")]
    [InlineData("0/7000028", null, "LK0001", "'0/7000028' is not a moment that a managed service can restore")]
    [InlineData(null, "gone", "LK5009", "there is no snapshot gone")]
    [InlineData(null, null, "LK5009", "there is no backup of shop in the service")]
    public void what_is_not_there_is_refused(string? target, string? set, string code, string message)
    {
        var error = Should.Throw<LockkeeperException>(() => ManagedChoice.OfDrill("shop", new ManagedView([], null, null, Exists: true), target, set, null, 0.5));
        error.Message.ShouldBe(message);
        error.Code.Id.ShouldBe(code == "LK0001" ? KernelErrors.WrongUse.Id : code);
    }

    [Fact]
    public void a_snapshot_that_is_being_made_is_not_taken() =>
        Should.Throw<LockkeeperException>(() => ManagedChoice.OfDrill("shop", Both, null, "creating", null, 0.5)).Message.ShouldBe("the snapshot creating is creating");

    private static ManagedChoice Of(ManagedView view, string? target, JsonObject? last) => ManagedChoice.OfDrill("shop", view, target, null, last, 0.5);

    private static ManagedSnapshot Taken(string label, int hours) => new(label, Noon.AddHours(hours), 20L << 30, IsReady: true, IsAutomatic: true, IsOurs: false, "available");
}
