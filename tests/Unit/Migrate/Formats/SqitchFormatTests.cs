using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class SqitchFormatTests
{
    private const string By = "2024-01-31T12:00:00Z Anna Ops <anna@example.org>";

    [Fact]
    public void a_plan_is_known_by_its_file_and_its_order_is_kept()
    {
        using var folder = Folder($"orders {By} # Orders come first\nitems [orders] {By}\nalso/deeper {By}", "deploy/orders.sql", "deploy/items.sql", "deploy/also/deeper.sql", "revert/orders.sql", "verify/orders.sql", "V1__not_flyway.sql");
        folder.Ids().ShouldBe("orders+, items, also/deeper");
        var series = folder.Read();
        series.FormatReason.ShouldBe("because of sqitch.plan");
        series.Migrations[0].Title.ShouldBe("orders Orders come first");
        series.Migrations[0].Up.File.ShouldBe("migrations/deploy/orders.sql");
        series.Migrations[0].Verify!.File.ShouldBe("migrations/verify/orders.sql");
        series.Migrations[1].Verify.ShouldBeNull();
        series.Migrations.ShouldAllBe(migration => migration.Kind == MigrationKind.Planned);
    }

    [Fact]
    public void a_plan_of_pgpm_is_the_same()
    {
        using var folder = new FormatFolder("deploy/a.sql", "sql/all.sql");
        folder.Write("pgpm.plan", $"%project=p\na {By}\n");
        folder.Ids().ShouldBe("a");
    }

    [Fact]
    public void the_older_instance_of_a_reworked_change_has_its_scripts_under_the_name_of_the_tag()
    {
        using var folder = Folder($"a {By}\n@v1 {By}\nb {By}\n@v2 {By}\na {By}\n", "deploy/a.sql", "deploy/a@v2.sql", "revert/a.sql", "revert/a@v2.sql", "deploy/b.sql");
        folder.Read().Migrations.Select(migration => $"{migration.Id} {migration.Up.File} {migration.Down?.File}").ShouldBe([
            "a migrations/deploy/a@v2.sql migrations/revert/a@v2.sql", "b migrations/deploy/b.sql ", "a@v2+ migrations/deploy/a.sql migrations/revert/a.sql"]);
        // Renamed by hand to an earlier tag: Sqitch takes that one.
        using var earlier = Folder($"a {By}\n@v1 {By}\nb {By}\n@v2 {By}\na {By}\n", "deploy/a.sql", "deploy/a@v1.sql", "deploy/b.sql");
        earlier.Read().Migrations[0].Up.File.ShouldBe("migrations/deploy/a@v1.sql");
    }

    [Fact]
    public void the_settings_of_sqitch_conf_say_where_things_are()
    {
        using var folder = new FormatFolder("db/up/a.sql", "back/a.sql", "db/verify/a.sql");
        folder.Write("sqitch.conf", "[core]\n\tengine = pg ; the engine\n\ttop_dir = mysql\n# a comment\n[engine \"pg\"]\n\ttop_dir = \"./db/\"\n\tplan_file=plans/main.plan\n[core]\n\tdeploy_dir = db/up\n\trevert_dir = back\n[deploy]\n\tverify = true\n");
        folder.Write("plans/main.plan", $"%project=p\n\na {By}\n");
        var migration = folder.Read().Migrations.Single();
        migration.Up.File.ShouldBe("migrations/db/up/a.sql");
        migration.Down!.File.ShouldBe("migrations/back/a.sql");
        migration.Verify!.File.ShouldBe("migrations/db/verify/a.sql");
        migration.VerifiesByItself.ShouldBeTrue();
    }

    [Theory]
    [InlineData("[core]\nengine = mysql", "this Sqitch project is for the engine 'mysql'", 2)]
    [InlineData("[core]\ntop_dir = ../other", "top_dir = ../other is outside of the folder of sqitch.conf", 2)]
    [InlineData("[core]\nplan_file = /etc/x.plan", "plan_file = /etc/x.plan is outside of the folder of sqitch.conf", 2)]
    [InlineData("\n\nsomething is wrong", "this line is neither a section nor a setting", 3)]
    public void settings_that_cannot_be_followed_are_refused_with_their_line(string settings, string message, int line)
    {
        using var folder = Folder($"a {By}", "deploy/a.sql");
        folder.Write("sqitch.conf", settings);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.BadPlan);
        refused.Message.ShouldBe(message);
        refused.At.ShouldBe(new SourcePosition("migrations/sqitch.conf", line, 1));
    }

    [Fact]
    public void a_change_without_its_deploy_script_is_refused_at_its_place_in_the_plan()
    {
        using var folder = Folder($"a {By}\nb {By}", "deploy/a.sql");
        var refused = folder.Refused();
        refused.Message.ShouldBe("the change b has no deploy script migrations/deploy/b.sql");
        refused.At.ShouldBe(new SourcePosition("migrations/sqitch.plan", 4, 1));
    }

    [Fact]
    public void a_folder_with_settings_and_without_a_plan_is_refused()
    {
        using var folder = new FormatFolder("deploy/a.sql");
        folder.Write("sqitch.conf", "[core]\nengine = pg\n");
        folder.Refused().Message.ShouldBe("the plan migrations/sqitch.plan does not exist");
    }

    [Fact]
    public void a_changed_verify_script_makes_another_release()
    {
        using var folder = Folder($"a {By}", "deploy/a.sql", "verify/a.sql");
        var before = folder.Read().Artifact;
        folder.Write("verify/a.sql", "SELECT 2;");
        folder.Read().Artifact.ShouldNotBe(before);
    }

    private static FormatFolder Folder(string lines, params string[] files) => new FormatFolder(files).Write("sqitch.plan", $"%project=shop\n\n{lines}\n");
}
