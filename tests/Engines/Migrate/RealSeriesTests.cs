using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Series of other projects, carried from dev to prod. eng/corpora fetches them.</summary>
public sealed class RealSeriesTests
{
    private static readonly string[] Environments = ["dev", "staging", "prod"];

    [Theory]
    [InlineData("graphile-worker", 19)]
    [InlineData("stripe-sync-engine", 43)]
    [InlineData("world-postgres", 12)]
    [InlineData("openqa", 40, Traits = ["Category", "Long"])]
    public async Task a_real_series_comes_from_dev_to_prod_in_two_releases_and_makes_what_psql_makes(string name, int files)
    {
        var series = RealSeries.Of(name);
        series.Files.Count.ShouldBe(files);
        await using var project = await LkProject.CreateAsync(Environments);
        project.DatabaseSettings = series.Settings;
        foreach (var environment in Environments)
            await Psql.OutputAsync(project[environment].Url, series.Before);

        var first = files / 2;
        series.CopyTo(project, 0, first);
        await CarryAsync(project, $"{first} applied");
        series.CopyTo(project, first, files - first);
        await CarryAsync(project, $"{files - first} applied");
        await CarryAsync(project, "nothing to do");

        var verified = await project.RunAsync("migrate", "verify");
        verified.ExitCode.ShouldBe(0, verified.ToString());
        await using var byPsql = await series.ByPsqlAsync();
        var expected = await Schemas.ReadAsync(byPsql);
        expected.Objects.Count.ShouldBeGreaterThan(20);
        foreach (var environment in Environments)
        {
            Schemas.ShouldBeTheSame(expected, await Schemas.ReadAsync(project[environment]));
            (await project[environment].ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot")).ShouldBe(expected.Fingerprint);
            (await project[environment].ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations WHERE outcome = 'applied'")).ShouldBe($"{files}");
            (await project[environment].ScalarAsync("SELECT count(*)::text FROM lockkeeper.releases WHERE outcome = 'passed'")).ShouldBe("2");
        }

        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task what_a_real_series_drops_is_named_before_it_is_lost()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var series = RealSeries.Of("stripe-sync-engine");
        project.DatabaseSettings = series.Settings;
        await Psql.OutputAsync(project["dev"].Url, series.Before);
        series.CopyTo(project, 0, series.Files.Count);
        var refused = await project.RunAsync("migrate", "apply", "--env", "dev");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK1004");
        refused.Errors.ShouldContain("column");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_tables WHERE schemaname IN ('stripe', 'lockkeeper')")).ShouldBe("0");
    }

    [Fact]
    public async Task a_database_that_was_made_anew_from_the_vendors_snapshot_is_named_as_drifted()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await MigrateToAsync(project, 85);

        // Somebody starts over with the snapshot that openQA ships for this very version.
        await project["dev"].ExecuteAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC; COMMENT ON SCHEMA public IS 'standard public schema'");
        await DeployAsync(project["dev"], 85);
        var verified = await project.RunAsync("migrate", "verify", "--env", "dev");
        verified.ExitCode.ShouldBe(1, verified.ToString());
        verified.Output.ShouldContain("drift: column public.job_group_parents.default_size_limit_gb looks renamed to size_limit_gb");

        // The next upgrade renames that column, and is not even tried.
        Put(project, RealSeries.OpenQa(86));
        var refused = await project.RunAsync("migrate", "apply", "--env", "dev");
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("LK3044");
        refused.Errors.ShouldContain("size_limit_gb");
    }

    [Fact]
    public async Task a_snapshot_of_the_vendor_that_is_baselined_can_be_upgraded_where_it_is_the_same()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await DeployAsync(project["dev"], 86);
        Put(project, RealSeries.OpenQa(86));
        var newest = RealSeries.OpenQa(86).Last().Name.Split('_')[0];
        var baseline = await project.RunAsync("migrate", "baseline", "--env", "dev", "--version", newest, "--yes");
        baseline.ExitCode.ShouldBe(0, baseline.ToString());
        Put(project, RealSeries.OpenQa(98));
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project.RunAsync("migrate", "verify")).ExitCode.ShouldBe(0);
    }

    /// <summary>Applies to dev and promotes to staging and prod.</summary>
    private static async Task CarryAsync(LkProject project, string says)
    {
        string[][] road = [["apply", "--env", "dev"], ["promote", "--to", "staging"], ["promote", "--to", "prod"]];
        foreach (var step in road)
        {
            var result = await project.RunAsync(["migrate", .. step, "--yes"]);
            result.ExitCode.ShouldBe(0, result.ToString());
            result.Output.ShouldContain(says);
        }
    }

    private static async Task MigrateToAsync(LkProject project, int version)
    {
        Put(project, RealSeries.OpenQa(version));
        var result = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        result.ExitCode.ShouldBe(0, result.ToString());
    }

    private static void Put(LkProject project, IEnumerable<(string Name, string Text)> files)
    {
        foreach (var (name, text) in files)
            project.File($"migrations/{name}", text);
    }

    private static async Task DeployAsync(TestDatabase database, int version)
    {
        foreach (var file in Corpora.OpenQaDeploy(version))
            await Psql.OutputAsync(database.Url, File.ReadAllText(file));
    }
}
