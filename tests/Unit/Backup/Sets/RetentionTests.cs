using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Sets;
using Lockkeeper.Kernel.Config.Clusters;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.Sets;

/// <summary>The last proven set stays.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static readonly IReadOnlyList<BackupSet> Sets =
    [
        Set("F1", BackupKind.Full, 20), Set("F1_D1", BackupKind.Differential, 19, "F1"), Set("F1_I1", BackupKind.Incremental, 18, "F1", "F1_D1"), Set("F1_D2", BackupKind.Differential, 17, "F1"), Set("F2", BackupKind.Full, 10), Set("F3", BackupKind.Full, 2),
    ];

    [Fact]
    public void the_policy_is_enough_when_nothing_or_something_new_is_proven()
    {
        Of(new RepositoryConfig { Path = "/r" }, null).ShouldBe(new Retention(2, false, null, null));
        Of(new RepositoryConfig { Path = "/r" }, "F2").ShouldBe(new Retention(2, false, null, null));
    }

    [Fact]
    public void as_many_are_kept_as_it_takes_for_the_proven_one_to_stay_with_all_that_it_needs()
    {
        Of(new RepositoryConfig { Path = "/r", FullBackups = 1 }, "F1").ShouldBe(new Retention(3, false, null, "F1"));
        Of(new RepositoryConfig { Path = "/r", FullBackups = 1, DifferentialBackups = 1 }, "F1_I1").ShouldBe(new Retention(3, false, 2, "F1_I1"));
        Of(new RepositoryConfig { Path = "/r", Days = 7 }, "F1_I1").ShouldBe(new Retention(21, true, null, "F1_I1"));
    }

    [Fact]
    public void whether_something_may_go_is_never_denied_wrongly()
    {
        new Retention(3, false, null, null).MayLetGo(Sets).ShouldBeFalse();
        new Retention(2, false, null, null).MayLetGo(Sets).ShouldBeTrue();
        new Retention(3, false, 5, null).MayLetGo(Sets).ShouldBeFalse();
        new Retention(3, false, 4, null).MayLetGo(Sets).ShouldBeTrue("full ones count as differential ones");
        new Retention(30, true, null, null).MayLetGo(Sets).ShouldBeTrue("by age it is the program that knows");
    }

    [Fact]
    public void the_last_proven_one_is_of_the_newest_drill_that_passed_and_is_still_there()
    {
        DrillEvidence[] drills = [new("F1", Now.AddDays(-5), Now, null), new("F2", Now.AddDays(-4), Now, "broken"), new("F0", Now.AddDays(-3), Now, null)];
        Retention.LastProven(Sets, drills)!.Label.ShouldBe("F1");
        Retention.LastProven(Sets, []).ShouldBeNull();
    }

    private static Retention Of(RepositoryConfig policy, string? proven) => Retention.Of(policy, Sets, Sets.FirstOrDefault(set => set.Label == proven), Now);

    private static BackupSet Set(string label, BackupKind kind, int daysAgo, params string[] needs) => new()
    {
        Label = label, Kind = kind, Repository = 1, ArchiveId = "15-1", Started = Now.AddDays(-daysAgo), Ended = Now.AddDays(-daysAgo), DatabaseBytes = 1, CopiedBytes = 1, RepositoryBytes = 1, Needs = needs,
    };
}
