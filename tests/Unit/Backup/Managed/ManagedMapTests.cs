using Lockkeeper.Backup.Managed;
using Lockkeeper.Backup.Recoverability;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.Managed;

/// <summary>Which moments of a managed cluster can be restored, and what drills have shown of them.</summary>
public sealed class ManagedMapTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly ManagedView View = new([Taken("a", -40), Taken("b", -20)], Noon.AddHours(-48), Noon, Exists: true);

    [Fact]
    public void what_the_service_says_is_claimed_until_a_drill_has_restored_a_moment_after_it()
    {
        ManagedMap.Of(View, []).Select(Words).ShouldBe(["-48 to 0 Claimed"]);
        // From the snapshot before the moment on: that is what the service restores it from.
        ManagedMap.Of(View, [Drill(-10)]).Select(Words).ShouldBe(["-48 to -20 Claimed", "-20 to -10 Proven", "-10 to 0 Claimed"]);
        ManagedMap.Of(View, [Drill(-10), Drill(-30, at: 2)]).Select(Words).ShouldBe(["-48 to -40 Claimed", "-40 to -30 Proven", "-30 to -20 Claimed", "-20 to -10 Proven", "-10 to 0 Claimed"]);
    }

    [Fact]
    public void a_drill_that_failed_breaks_its_way_until_a_later_one_passes()
    {
        var failed = ManagedMap.Of(View, [Drill(-10), Drill(-5, "full read: no", at: 2)]);
        failed.Select(Words).ShouldBe(["-48 to -20 Claimed", "-20 to -5 Broken", "-5 to 0 Claimed"]);
        failed[1].Why.ShouldContain("full read: no");
        ManagedMap.Of(View, [Drill(-5, "no", at: 1), Drill(-5, at: 2)]).Select(Words).ShouldBe(["-48 to -20 Claimed", "-20 to -5 Proven", "-5 to 0 Claimed"]);
    }

    [Fact]
    public void drills_of_before_the_window_and_of_snapshots_say_nothing_of_moments()
    {
        ManagedMap.Of(View, [Drill(-50), Drill(-20)]).Select(Words).ShouldBe(["-48 to 0 Claimed"]);
        ManagedMap.Of(View with { Earliest = null }, [Drill(-5)]).ShouldBeEmpty();
        ManagedMap.IsProven("b", [new DrillEvidence("b", Noon, Noon, null)]).ShouldBeTrue();
        ManagedMap.IsProven("b", [new DrillEvidence("b", Noon, Noon, null), new DrillEvidence("b", Noon.AddHours(1), null, "no")]).ShouldBeFalse();
    }

    private static DrillEvidence Drill(int hours, string? failure = null, int at = 1) => new("moment", Noon.AddMinutes(at), Noon.AddHours(hours), failure);

    private static string Words(RecoverableSpan span) => $"{(span.From - Noon).TotalHours} to {(span.To - Noon).TotalHours} {span.State}";

    private static ManagedSnapshot Taken(string label, int hours) => new(label, Noon.AddHours(hours), 20L << 30, IsReady: true, IsAutomatic: true, IsOurs: false, "available");
}
