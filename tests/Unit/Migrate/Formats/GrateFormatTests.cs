using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class GrateFormatTests
{
    [Fact]
    public void folders_run_in_the_order_of_grate_and_files_by_their_paths()
    {
        using var folder = new FormatFolder(
            "permissions/grants.sql", "views/b.sql", "views/A.sql", "up/0002_b.sql", "up/0001_a.sql", "up/2023/0001_old.sql", "functions/f.sql", "sprocs/p.sql", "indexes/i.sql", "triggers/t.sql",
            "runFirstAfterUp/x.sql", "runAfterOtherAnyTimeScripts/y.sql", "beforeMigration/log.sql", "runBeforeUp/z.sql", "afterMigration/log.sql");
        folder.Ids().ShouldBe(
            "R:beforeMigration/log.sql, R:runBeforeUp/z.sql, up/0001_a.sql, up/0002_b.sql, up/2023/0001_old.sql, R:runFirstAfterUp/x.sql, R:functions/f.sql, R:views/A.sql, R:views/b.sql, R:sprocs/p.sql, "
            + "R:triggers/t.sql, R:indexes/i.sql, R:runAfterOtherAnyTimeScripts/y.sql, R:permissions/grants.sql, R:afterMigration/log.sql");
        var series = folder.Read();
        (series.Format, series.FormatReason).ShouldBe(("grate", "because of up/0001_a.sql"));
        series.Migrations.Where(migration => migration.RunAlways).Select(migration => migration.Name).ShouldBe(["beforeMigration/log.sql", "permissions/grants.sql", "afterMigration/log.sql"]);
        series.Migrations.Single(migration => migration.Id == "up/0001_a.sql").Kind.ShouldBe(MigrationKind.Planned);
    }

    [Fact]
    public void the_case_of_a_folder_does_not_count()
    {
        using var folder = new FormatFolder("Up/0001_a.sql", "Views/v.sql");
        folder.Ids("grate").ShouldBe("Up/0001_a.sql, R:Views/v.sql");
    }

    [Fact]
    public void a_file_for_an_environment_is_shown_and_runs_only_where_the_configuration_says_so()
    {
        using var folder = new FormatFolder("up/0001_a.sql", "up/0002_data.ENV.TEST.UAT.sql", "permissions/LOCAL.grants.env.sql", "up/0003_environment.sql");
        Disabled().ShouldBe(["up/0002_data.ENV.TEST.UAT.sql", "R:permissions/LOCAL.grants.env.sql"]);
        folder.Configure = database => database with { Contexts = ["uat"] };
        Disabled().ShouldBe(["R:permissions/LOCAL.grants.env.sql"]);

        IEnumerable<string> Disabled() => folder.Read().Migrations.Where(migration => migration.Disabled).Select(migration => migration.Id);
    }

    [Theory]
    [InlineData("down/0001_a.sql")]
    [InlineData("seed.sql")]
    public void a_file_that_grate_would_pass_over_is_named(string file)
    {
        using var folder = new FormatFolder("up/0001_a.sql", file);
        var refused = folder.Refused("grate");
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.Message.ShouldBe($"migrations/{file} is in no folder that grate runs");
    }

    [Theory]
    [InlineData("alterDatabase/a.sql")]
    [InlineData("runAfterCreateDatabase/a.sql")]
    [InlineData("createDatabase/a.sql")]
    public void what_is_for_the_server_is_named(string file)
    {
        using var folder = new FormatFolder("up/0001_a.sql", file);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.NotSupported);
        refused.At!.File.ShouldBe($"migrations/{file}");
    }
}
