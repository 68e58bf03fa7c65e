using Lockkeeper.Server.Portal;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Server;

public sealed class SeenTargetsTests
{
    private static readonly SeenTargets all = new(
    [
        new("staging/shop", "staging", "primary", 10, 0, null, null, null), new("staging/twice/1", "staging", "primary", 1, 1, null, null, null), new("staging/twice/2", "staging", "primary", 2, 0, null, null, null), new("staging/other", "staging", "standby", 99, 9, null, null, null),
        new("shop-prod/a", "prod", "primary", 500, null, null, null, null), new("shop-prod/b", "prod", "standby", 501, 3, null, null, null),
        new("pgbouncer://shop-prod", "prod", null, null, null, null, null, null),
        new("backup://shop-prod", "prod", null, null, null, 3600, 86_400, true), new("backup://old-prod", "prod", null, null, null, 7200, 10, false),
    ]);

    [Fact]
    public void an_environments_own_target_counts_before_what_else_is_there()
    {
        var seen = all.OfDatabase("staging", "shop")!;
        seen.ShouldBe(new SeenTarget("staging/shop", "staging", "primary", 10, 0, null, null, null));
    }

    [Fact]
    public void of_a_database_in_several_places_the_worst_of_them_is_shown()
    {
        var seen = all.OfDatabase("staging", "twice")!;
        (seen.SizeBytes, seen.LagSeconds).ShouldBe((2, 1));
    }

    [Fact]
    public void of_a_cluster_with_standbys_the_worst_is_shown_and_a_drill_that_failed_is_not_hidden_by_one_that_passed()
    {
        var seen = all.OfDatabase("prod", "shop")!;
        seen.Role.ShouldBe("primary");
        seen.LagSeconds.ShouldBe(3);
        seen.BackupAgeSeconds.ShouldBe(7200);
        seen.DrillAgeSeconds.ShouldBe(86_400);
        seen.DrillPassed.ShouldBe(false);
    }

    [Fact]
    public void of_what_nothing_watches_nothing_is_known() => all.OfDatabase("dev", "shop").ShouldBeNull();
}
