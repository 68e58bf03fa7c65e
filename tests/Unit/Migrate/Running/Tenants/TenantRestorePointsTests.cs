using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.Unit.Kernel.Verbs;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Running.Tenants;

/// <summary>What a run over tenants asks of the backup policies: the first dangerous step of each database, those first that come first.</summary>
public sealed class TenantRestorePointsTests
{
    private static readonly MigrationSeries Series = SeriesBuilder.Series([.. Enumerable.Range(1, 5).Select(n => SeriesBuilder.Versioned($"{n}"))]);

    private static readonly Undo Written = new(UndoKind.Written, "SELECT 1");

    [Fact]
    public void tenants_in_different_states_are_in_the_order_of_the_series() =>
        TenantRestorePoints.FirstDangerous(new TenantPlan([Group(["u1", "u2"], Harmless("3"), Destroying("4")), Group(["u3"], Harmless("1"), OneWay("2"), Destroying("4")), Group(["u4"], Harmless("5"))], []))
            .ShouldBe([new DangerousStep("u3", false, "2", Destroys: true), new DangerousStep("u1", false, "4", Destroys: true), new DangerousStep("u2", false, "4", Destroys: true)]);

    [Fact]
    public void what_only_has_no_way_back_destroys_nothing() =>
        TenantRestorePoints.FirstDangerous(new TenantPlan([Group(["u1"], OneWay("2"), Harmless("3"))], [])).ShouldBe([new DangerousStep("u1", false, "2", Destroys: false)]);

    [Fact]
    public void the_schemas_of_one_database_are_one_place() =>
        TenantRestorePoints.FirstDangerous(new TenantPlan([Group([.. Enumerable.Repeat("u1", 1000)], Destroying("2"))], [])).ShouldHaveSingleItem();

    [Fact]
    public void tenants_that_are_done_or_refused_ask_for_nothing()
    {
        var refused = new GroupPlan([new Tenant("a", "u1", "", null)], null, new LockkeeperException(MigrateErrors.NotAdopted, "no"), IsDone: false);
        TenantRestorePoints.FirstDangerous(new TenantPlan([refused, Group(["u2"], Destroying("2")) with { IsDone = true }], [])).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, "LK3060")]
    [InlineData(true, "LK1001")]
    public async Task the_first_that_cannot_be_made_ends_it(bool isCancelled, string code)
    {
        Exception error = isCancelled ? new OperationCanceledException() : new LockkeeperException(MigrateErrors.MigrationFailed, "no");
        var done = new List<string>();
        var points = new[] { "one", "two", "three" }.Select(cluster => new PlannedRestorePoint(cluster, "p", "2", "the restore point p", "", (run, _) =>
        {
            done.Add($"{run} in {cluster}");
            return cluster == "two" ? Task.FromException(error) : Task.CompletedTask;
        })).ToList();
        var (made, failure) = await new TenantRestorePoints(null!, EmptyWorkspace.Create(), isAsked: true).MakeAsync(points, "run-1", TestContext.Current.CancellationToken);
        done.ShouldBe(["run-1 in one", "run-1 in two"]);
        made.ShouldBe([points[0]]);
        failure.ShouldNotBeNull().Code.Id.ShouldBe(code);
    }

    private static Step Harmless(string id) => new(id, id, "", Written, Impact.None);

    private static Step OneWay(string id) => new(id, id, "", Undo.None, Impact.None);

    private static Step Destroying(string id) => new(id, id, "", Written, new Impact(Risk.High, [], ["table orders"]));

    private static GroupPlan Group(IReadOnlyList<string> urls, params Step[] steps) => new(
        [.. urls.Select((url, index) => new Tenant($"t{index}", url, $"t{index}", null))],
        new Draft(
            Series, new TargetState("PostgreSQL 17", IsPooled: false, null, HasStore: true, [], null, [], null), null!,
            Series.Migrations.ToDictionary(migration => migration.Id, migration => new PreparedMigration(migration, null!, null)), null, [], new Plan("apply", "dev", "shop", steps)),
        null, IsDone: false);
}
