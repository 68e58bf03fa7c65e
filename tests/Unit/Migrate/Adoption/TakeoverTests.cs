using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;
using static Lockkeeper.Tests.Unit.Migrate.SeriesBuilder;

namespace Lockkeeper.Tests.Unit.Migrate.Adoption;

public sealed class TakeoverTests
{
    private static readonly Migration One = Versioned("0001");
    private static readonly Migration Two = Versioned("0002");
    private static readonly Migration View = Repeatable("view");

    [Fact]
    public void what_the_tool_has_and_we_have_too_is_nothing_new()
    {
        var takeover = Of([One, Two], [Applied(One)], [Row(One)]);
        takeover.IsNeeded.ShouldBeFalse();
        takeover.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void what_the_tool_applied_is_warned_of_and_counts_as_applied()
    {
        var takeover = Of([One, Two], [Applied(One), Applied(Two)], [Row(One)]);
        takeover.Findings.Single().Severity.ShouldBe(Severity.Warning);
        takeover.Refusal().ShouldBeNull();
        takeover.Rows.Select(row => (row.Id, row.Sha256)).ShouldBe([("0001", One.Up.Sha256), ("0002", Two.Up.Sha256)]);
    }

    [Fact]
    public void a_row_that_was_rolled_back_here_and_applied_there_is_in_place_once()
    {
        var takeover = Of([One], [Applied(One)], [Row(One, HistoryOutcome.RolledBack)]);
        takeover.Rows.Single().Outcome.ShouldBe(HistoryOutcome.Applied);
    }

    [Fact]
    public void a_row_without_a_file_is_refused() => Of([One], [Applied(One), Applied(Two)], [Row(One)]).Refusal()!.Message.ShouldContain("0002");

    [Fact]
    public void a_row_without_a_file_that_was_accepted_once_is_not_asked_about_again() =>
        Of([One], [Applied(One), Applied(Two)], [Row(One), Row(Two, sha: "")]).Findings.ShouldBeEmpty();

    [Fact]
    public void an_edited_file_is_refused() => Of([One], [Applied(One) with { Checksum = "differs" }], []).Refusal()!.Code.ShouldBe(MigrateErrors.ForeignHistory);

    [Fact]
    public void a_row_that_is_gone_is_refused_and_stays()
    {
        var takeover = Of([One, Two], [Applied(One)], [Row(One), Row(Two)]);
        takeover.Undone.Single().Id.ShouldBe("0002");
        takeover.Refusal().ShouldNotBeNull();
    }

    [Fact]
    public void a_repeatable_file_that_changed_since_is_pending_and_not_undone()
    {
        var takeover = Of([One, View], [Applied(One), Applied(View) with { Checksum = "differs" }], [Row(One), Row(View, sha: "older")]);
        takeover.Findings.ShouldBeEmpty();
        HistoryComparison.Of(Series(One, View), takeover.Rows, OutOfOrderPolicy.Refuse).Pending.ShouldBe([View]);
    }

    [Fact]
    public void a_repeatable_file_that_the_tool_ran_again_is_taken_over() =>
        HistoryComparison.Of(Series(One, View), Of([One, View], [Applied(One), Applied(View)], [Row(One), Row(View, sha: "older")]).Rows, OutOfOrderPolicy.Refuse).Pending.ShouldBeEmpty();

    [Fact]
    public void one_row_that_stands_for_all_before_it_covers_them()
    {
        var takeover = Of([One, Two], [Applied(Two) with { CoversOlder = true }], []);
        takeover.Applied.Select(migration => migration.Id).ShouldBe(["0001", "0002"]);
    }

    [Fact]
    public void a_table_that_was_left_is_not_looked_at() => Of([One, Two], [], [Row(One)], isLeft: true).Findings.ShouldBeEmpty();

    private static ForeignRow Applied(Migration migration) => new(migration.Key, migration.Id, "", ForeignOutcome.Applied);

    private static Takeover Of(Migration[] migrations, ForeignRow[] theirs, HistoryRow[] ours, bool isLeft = false)
    {
        var adoption = new AdoptionRecord("tool", "public", "history", "lockkeeper", DateTimeOffset.UnixEpoch, isLeft ? DateTimeOffset.UnixEpoch : null);
        var state = new TargetState("PostgreSQL 15", false, null, true, ours, null, [], null) { Adopted = new AdoptedHistory(adoption, new Tool(), theirs) };
        var database = new DatabaseConfig { Name = "shop", Engine = "postgres", Migrations = "migrations" };
        return Takeover.Of(Series(migrations), state, new SeriesFiles(database, "/", new Placeholders("lockkeeper", new Dictionary<string, string>())));
    }

    /// <summary>A tool whose checksum is the word that the row has.</summary>
    private sealed class Tool : IForeignTool
    {
        public string Name => "tool";

        public IReadOnlyList<string> Formats => ["lockkeeper"];

        public ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files) => row.Checksum is null ? ChecksumAnswer.None : ChecksumAnswer.Of(row.Checksum, "now");
    }
}
