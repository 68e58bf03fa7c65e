using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Series of other projects in the layouts of other tools: applied, verified, applied again, taken back, and equal to what psql makes of them.</summary>
public sealed class ForeignFormatsTests
{
    private static readonly string[] Apply = ["migrate", "apply", "--env", "dev", "--yes"];

    [Fact]
    public async Task the_drizzle_project_of_world_postgres_makes_what_psql_makes_of_it()
    {
        var series = RealSeries.Of("world-postgres");
        await using var project = await LkProject.CreateAsync("dev");
        series.CopyTo(project, 0, series.Files.Count);
        project.File("migrations/meta/_journal.json", File.ReadAllText(Path.Combine(Corpora.Folder("world-postgres"), "src/drizzle/migrations/meta/_journal.json")));
        await ShouldApplyAndBeDoneAsync(project, "drizzle");
        await using var byPsql = await series.ByPsqlAsync();
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), await Schemas.ReadAsync(project["dev"]));
        (await project.HistoryAsync("dev")).ShouldEndWith("0015_move_enums_to_workflow_schema applied");
    }

    [Theory]
    [InlineData("goose")]
    [InlineData("dbmate")]
    [InlineData("prisma")]
    [InlineData("diesel")]
    [InlineData("drizzle")]
    [InlineData("atlas")]
    [InlineData("grate")]
    [InlineData("ef-core")]
    public async Task a_packaged_series_in_the_layout_of_a_tool_makes_what_psql_makes_of_it(string format)
    {
        var series = RealSeries.Of("stripe-sync-engine");
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = series.Settings;
        await Psql.OutputAsync(project["dev"].Url, series.Before);
        ForeignLayout.Put(project, format, Written.Of(series));
        await ShouldApplyAndBeDoneAsync(project, format);
        await using var byPsql = await series.ByPsqlAsync();
        await project["dev"].ExecuteAsync("DROP TABLE IF EXISTS stripe.\"__EFMigrationsHistory\"");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), await Schemas.ReadAsync(project["dev"]));
    }

    [Theory]
    [InlineData("sqlx", "sqlx")]
    [InlineData("evolve", "evolve")]
    [InlineData("supabase", "supabase")]
    public async Task a_packaged_series_is_read_by_the_tool_that_the_configuration_names(string layout, string format)
    {
        var series = RealSeries.Of("openqa");
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = $"format: {format}";
        ForeignLayout.Put(project, layout, Written.Of(series));
        await ShouldApplyAndBeDoneAsync(project, format, "set in lockkeeper.yaml");
        await using var byPsql = await series.ByPsqlAsync();
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), await Schemas.ReadAsync(project["dev"]));
    }

    [Theory]
    [InlineData("goose")]
    [InlineData("dbmate")]
    [InlineData("diesel")]
    [InlineData("sqlx")]
    public async Task a_series_with_ways_back_goes_to_nothing_and_comes_again(string format)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var empty = await TestDatabase.CreateAsync();
        var shop = Written.Shop();
        if (format == "sqlx")
            project.File("sqlx.toml", "");
        ForeignLayout.Put(project, format, shop);
        await ShouldApplyAndBeDoneAsync(project, format);
        var full = await Schemas.ReadAsync(project["dev"]);

        var back = await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(empty), await Schemas.ReadAsync(project["dev"]));
        await ShouldApplyAndBeDoneAsync(project, format);
        Schemas.ShouldBeTheSame(full, await Schemas.ReadAsync(project["dev"]));
        (await project["dev"].ScalarAsync($"SELECT count(*)::text FROM lockkeeper.migrations WHERE outcome = 'applied'")).ShouldBe($"{shop.Count}");
    }

    [Fact]
    public async Task the_real_dbmate_and_lk_make_the_same_of_a_project()
    {
        await using var project = await LkProject.CreateAsync("dev", "dbmate");
        ForeignLayout.Put(project, "dbmate", Written.Shop());
        await ShouldApplyAndBeDoneAsync(project, "dbmate");
        var migrations = Path.Combine(project.Folder, "migrations");
        await Dbmate.RunAsync(project["dbmate"].Url, migrations, "up");
        await project["dbmate"].ExecuteAsync("DROP TABLE schema_migrations");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(project["dbmate"]), await Schemas.ReadAsync(project["dev"]));
    }

    [Theory]
    [InlineData("atlas")]
    [InlineData("evolve")]
    [InlineData("ef-core")]
    public async Task a_series_with_indexes_that_are_built_concurrently_needs_only_the_tools_own_directive(string format)
    {
        await using var project = await LkProject.CreateAsync("dev");
        var shop = Written.Shop();
        ForeignLayout.Put(project, format, shop);
        if (format == "evolve")
            project.DatabaseSettings = "format: evolve";
        await ShouldApplyAndBeDoneAsync(project, format, format == "evolve" ? "set in lockkeeper.yaml" : "because of");
        await using var byPsql = await TestDatabase.CreateAsync();
        foreach (var migration in shop)
            await Psql.OutputAsync(byPsql.Url, migration.Up);
        await project["dev"].ExecuteAsync("DROP TABLE IF EXISTS \"__EFMigrationsHistory\"");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), await Schemas.ReadAsync(project["dev"]));
    }

    [Fact]
    public async Task the_golang_migrate_project_of_atlas_goes_forward_back_and_forward()
    {
        await using var project = await LkProject.CreateAsync("dev");
        Copy(project, "golang-migrate");
        await ShouldApplyAndBeDoneAsync(project, "lockkeeper");
        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0", "--yes")).ExitCode.ShouldBe(0);
        await using var empty = await TestDatabase.CreateAsync();
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(empty), await Schemas.ReadAsync(project["dev"]));
        await ShouldApplyAndBeDoneAsync(project, "lockkeeper");
    }

    [Theory]
    [InlineData("goose", "migrations/1_initial.sql:12:1")]
    [InlineData("dbmate", "migrations/1_initial.sql:15:1")]
    public async Task a_project_that_postgresql_refuses_is_refused_at_the_line_of_its_file_and_changes_nothing(string tool, string place)
    {
        await using var project = await LkProject.CreateAsync("dev");
        Copy(project, tool);
        var status = await project.RunAsync("migrate", "status");
        status.Output.ShouldContain($"format {tool} (because of 1_initial.sql)");
        var refused = await project.RunAsync(Apply);
        refused.ExitCode.ShouldBe(3, refused.ToString());
        refused.Errors.ShouldContain(place);
        refused.Errors.ShouldContain("null value in column \"id\"");
        (await project["dev"].ScalarAsync("SELECT to_regclass('post')::text")).ShouldBeNull();
    }

    /// <summary>Applies, verifies, and applies again with nothing to do.</summary>
    private static async Task ShouldApplyAndBeDoneAsync(LkProject project, string format, string because = "because of")
    {
        var applied = await project.RunAsync(Apply);
        applied.ExitCode.ShouldBe(0, applied.ToString());
        var verified = await project.RunAsync("migrate", "verify", "--env", "dev");
        verified.ExitCode.ShouldBe(0, verified.ToString());
        var again = await project.RunAsync(Apply);
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Output.ShouldContain("nothing to do");
        (await project.RunAsync("migrate", "status", "--env", "dev")).Output.ShouldContain($"format {format} ({because}");
    }

    private static void Copy(LkProject project, string tool)
    {
        foreach (var file in Corpora.AtlasSample(tool))
            project.File($"migrations/{Path.GetFileName(file)}", File.ReadAllText(file));
    }
}
