using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;
using static Lockkeeper.Tests.Unit.Migrate.SeriesBuilder;

namespace Lockkeeper.Tests.Unit.Migrate;

public sealed class HistoryComparisonTests
{
    private static readonly Migration One = Versioned("1"), Two = Versioned("2"), Three = Versioned("3");

    [Fact]
    public void on_an_empty_target_everything_is_pending_in_order() =>
        Pending([One, Two, Three], []).ShouldBe(["1", "2", "3"]);

    [Fact]
    public void what_is_applied_is_not_pending() => Pending([One, Two, Three], [Row(One), Row(Two)]).ShouldBe(["3"]);

    [Fact]
    public void what_was_rolled_back_is_pending_again() => Pending([One, Two], [Row(One), Row(Two, HistoryOutcome.RolledBack)]).ShouldBe(["2"]);

    [Fact]
    public void an_edited_file_is_refused_and_named()
    {
        var comparison = Compare([One, Two], [Row(One, sha: new string('0', 64))]);
        comparison.Edited.Single().Migration.ShouldBe(One);
        comparison.Refusal()!.Code.ShouldBe(MigrateErrors.EditedMigration);
        comparison.Refusal()!.Message.ShouldContain("1.sql");
    }

    [Fact]
    public void a_file_that_is_gone_is_refused_and_named()
    {
        var comparison = Compare([Two], [Row(One)]);
        comparison.Missing.Single().Id.ShouldBe("1");
        comparison.Refusal()!.Code.ShouldBe(MigrateErrors.MissingMigration);
    }

    [Fact]
    public void files_that_a_baseline_stands_for_may_be_gone_from_a_target_that_is_at_its_version()
    {
        Compare([Baseline("2"), Three], [Row(One), Row(Two)]).Refusal().ShouldBeNull();
        Pending([Baseline("2"), Three], [Row(One), Row(Two)]).ShouldBe(["3"]);
        // One that is not is not brought past what is gone.
        Compare([Baseline("2"), Three], [Row(One)]).Refusal()!.Code.ShouldBe(MigrateErrors.MissingMigration);
    }

    [Fact]
    public void a_late_migration_is_refused_by_default()
    {
        var comparison = Compare([One, Two, Three], [Row(One), Row(Three)]);
        comparison.Refusal()!.Code.ShouldBe(MigrateErrors.OutOfOrder);
        comparison.Refusal()!.Message.ShouldContain("2.sql is older than version 3");
    }

    [Fact]
    public void a_late_migration_is_applied_and_named_where_policy_allows_it()
    {
        var comparison = HistoryComparison.Of(Series(One, Two, Three), [Row(One), Row(Three)], OutOfOrderPolicy.Allow);
        comparison.Refusal().ShouldBeNull();
        comparison.Pending.Single().ShouldBe(Two);
        comparison.Findings.Single().Severity.ShouldBe(Severity.Warning);
    }

    [Fact]
    public void all_mistakes_are_reported_at_once()
    {
        var refusal = Compare([Two, Three], [Row(One), Row(Three, sha: "other")]).Refusal()!;
        refusal.Others.Count.ShouldBe(2);
    }

    [Fact]
    public void a_repeatable_migration_runs_again_when_its_file_changed()
    {
        var before = Repeatable("views", "SELECT 1");
        var after = Repeatable("views", "SELECT 2");
        Pending([One, before], [Row(One), Row(before)]).ShouldBeEmpty();
        Pending([One, after], [Row(One), Row(before)]).ShouldBe(["R:views"]);
    }

    [Fact]
    public void a_baseline_migration_stands_for_all_before_it_on_an_empty_target() =>
        Pending([One, Baseline("2"), Two, Three], []).ShouldBe(["B:2", "3"]);

    [Fact]
    public void a_baseline_migration_has_nothing_to_say_where_versions_are_applied() =>
        Pending([One, Baseline("2"), Two, Three], [Row(One)]).ShouldBe(["2", "3"]);

    [Fact]
    public void after_a_baseline_migration_the_versions_up_to_it_stay_unapplied() =>
        Pending([One, Baseline("2"), Two, Three], [Row(Baseline("2"))]).ShouldBe(["3"]);

    [Fact]
    public void a_planned_migration_runs_where_a_baseline_of_versions_was_taken_over()
    {
        var planned = Versioned("1") with { Kind = MigrationKind.Planned, Version = null, Id = "users" };
        Pending([planned], [Row(Versioned("7"), HistoryOutcome.Baseline, sha: "")]).ShouldBe(["users"]);
    }

    [Fact]
    public void leading_zeros_do_not_make_another_version() => Pending([Versioned("001"), Two], [Row(One)]).ShouldBe(["2"]);

    [Fact]
    public void a_disabled_migration_is_never_pending() => Pending([One with { Disabled = true }, Two], []).ShouldBe(["2"]);

    [Theory]
    [InlineData(true, Severity.Warning)]
    [InlineData(false, Severity.Error)]
    public void a_late_migration_runs_when_it_is_proven_to_commute_with_all_that_came_after_it(bool commutes, Severity severity)
    {
        var proofs = new Proofs(commutes);
        var comparison = HistoryComparison.Of(Series(One, Two, Three), [Row(One), Row(Three)], OutOfOrderPolicy.Proven, proofs);
        comparison.Findings.ShouldHaveSingleItem().Severity.ShouldBe(severity);
        proofs.Asked.ShouldBe(["2 against 3"]);
        if (!commutes)
            comparison.Refusal()!.Hint!.ShouldContain("lk migrate prove");
    }

    private sealed class Proofs(bool answer) : IOrderProofs
    {
        public List<string> Asked { get; } = [];

        public bool Commutes(Migration late, IReadOnlyList<HistoryRow> newer)
        {
            Asked.Add($"{late.Id} against {string.Join(", ", newer.Select(row => row.Id))}");
            return answer;
        }
    }

    private static HistoryComparison Compare(Migration[] migrations, HistoryRow[] rows) => HistoryComparison.Of(Series(migrations), rows, OutOfOrderPolicy.Refuse);

    private static IEnumerable<string> Pending(Migration[] migrations, HistoryRow[] rows)
    {
        var comparison = Compare(migrations, rows);
        comparison.Refusal().ShouldBeNull();
        return comparison.Pending.Select(migration => migration.Id);
    }
}
