using System.Text.Json.Nodes;
using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>What depends on a server's version, on a newer one than the other tests have: catalogs, dumps, statistics, what is left of a dead build.</summary>
public sealed class NewerServerTests
{
    [Fact]
    public async Task a_schema_with_one_of_everything_keeps_its_fingerprint_over_dump_and_restore()
    {
        await using var database = await Schemas.MakeAsync(Schemas.Everything, await LabCluster.SharedAsync());
        var before = await Schemas.ReadAsync(database);
        before.Objects.Count.ShouldBeGreaterThan(300);
        await using var restored = await Schemas.RestoredAsync(database);
        Schemas.ShouldBeTheSame(before, await Schemas.ReadAsync(restored));
    }

    [Theory]
    [InlineData("graphile-worker")]
    [InlineData("world-postgres")]
    public async Task a_real_series_makes_what_psql_makes(string name)
    {
        var series = RealSeries.Of(name);
        await using var project = await ProjectAsync("dev");
        project.DatabaseSettings = series.Settings;
        await Psql.OutputAsync(project["dev"].Url, series.Before);
        series.CopyTo(project, 0, series.Files.Count);
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--yes");
        await ShouldRunAsync(project, "migrate", "verify", "--env", "dev");
        await using var byPsql = await series.ByPsqlAsync(project["dev"].Cluster);
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(byPsql), await Schemas.ReadAsync(project["dev"]));
    }

    [Fact]
    public async Task the_shop_is_applied_rolled_back_and_applied_again()
    {
        await using var project = await ProjectAsync("dev");
        foreach (var file in Directory.EnumerateFiles(RepositoryRoot.Path("examples/shop/migrations"), "*.sql", SearchOption.AllDirectories))
            project.File($"migrations/{Path.GetFileName(file)}", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--yes");
        var whole = await Schemas.ReadAsync(project["dev"]);
        await ShouldRunAsync(project, "migrate", "rollback", "--env", "dev", "--to", "0010", "--yes");
        (await Schemas.ReadAsync(project["dev"])).Fingerprint.ShouldNotBe(whole.Fingerprint);
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--yes");
        Schemas.ShouldBeTheSame(whole, await Schemas.ReadAsync(project["dev"]));
    }

    [Fact]
    public async Task an_index_that_a_failed_build_left_invalid_is_built_again()
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_orders", "CREATE TABLE orders (id bigint PRIMARY KEY, note text); INSERT INTO orders VALUES (1, 'x'), (2, 'x');")
            .Migration("0002_index", "-- lk: no-transaction\nCREATE TABLE once (id int);\nCREATE UNIQUE INDEX CONCURRENTLY orders_note ON orders (note);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(4);
        await project["dev"].ExecuteAsync("DELETE FROM orders WHERE id > 1");
        (await ShouldRunAsync(project, "migrate", "apply", "--env", "dev")).Errors.ShouldContain("dropped the invalid index orders_note");
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_note'::regclass")).ShouldBe("true");
    }

    [Fact]
    public async Task a_migration_is_proved_on_a_server_of_the_targets_version_with_a_forecast_from_its_statements()
    {
        await using var project = await ProjectAsync("dev");
        var dev = project["dev"];
        project.Migration("0001_orders", "CREATE TABLE orders (id int PRIMARY KEY, note text NOT NULL);");
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev");
        await dev.ExecuteAsync("CREATE EXTENSION pg_stat_statements; INSERT INTO orders SELECT n, repeat('x', 400) FROM generate_series(1, 30000) n; ANALYZE orders; SELECT count(*) FROM orders WHERE id = 5");
        project.Migration("0002_change", "ALTER TABLE orders ALTER COLUMN id TYPE bigint;", "ALTER TABLE orders ALTER COLUMN id TYPE int;");

        var proved = (await project.JsonAsync("migrate", "prove", "--env", "dev"))["data"]!["databases"]![0]!;
        var migration = proved["migrations"]![0]!;
        migration["statements"]![0]!["verdict"]!.GetValue<string>().ShouldBe("blocks_all", proved.ToJsonString());
        migration["forecast"]!["locks"]!.AsArray().Single(held => held!["relation"]!.GetValue<string>() == "orders")!["blocked_per_second"]!.GetValue<double>().ShouldBeGreaterThan(0);
        // What the test itself sent is among the target's statements.
        proved["not_checked"]!.AsArray().Select(sentence => sentence!.GetValue<string>()).ShouldAllBe(sentence => sentence.Contains("of the target's statements"), proved.ToJsonString());
        Directory.EnumerateFiles(project.Folder, "PG_VERSION", SearchOption.AllDirectories).Select(File.ReadAllText).Distinct().ShouldBe(["17\n"]);

        var linted = await project.RunAsync("migrate", "lint", "--env", "dev");
        linted.ExitCode.ShouldBe(1, linted.ToString());
        linted.Output.ShouldContain("from integer to bigint");
    }

    [Fact]
    public async Task a_squashed_series_is_a_dump_that_the_server_takes()
    {
        var series = RealSeries.Of("world-postgres");
        await using var project = await ProjectAsync("dev", "staging");
        project.Configure("staging", "require_promotion: false");
        project.Variables["LK_POSTGRES_BIN"] = LabCluster.Binaries;
        project.DatabaseSettings = "format: flyway";
        foreach (var (file, text) in series.Files)
            project.File($"migrations/V{int.Parse(file[..4], System.Globalization.CultureInfo.InvariantCulture) + 1}__{file[5..]}", text);
        await ShouldRunAsync(project, "migrate", "apply", "--env", "dev", "--yes");
        await ShouldRunAsync(project, "migrate", "squash", "--to", "8", "--remove");
        await ShouldRunAsync(project, "migrate", "apply", "--env", "staging", "--yes");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(project["dev"]), await Schemas.ReadAsync(project["staging"]));
    }

    /// <summary>Its shadow servers are of the newer version too; their files are below the project's folder and go with it.</summary>
    private static async Task<LkProject> ProjectAsync(params string[] environments)
    {
        var project = await LkProject.CreateOnAsync(await LabCluster.SharedAsync(), environments);
        project.Variables["LK_SANDBOX_FOLDER"] = Path.Combine(project.Folder, "clusters");
        project.Variables["LK_POSTGRES_BIN_DIRS"] = LabCluster.Binaries;
        return project;
    }

    private static async Task<LkResult> ShouldRunAsync(LkProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result;
    }
}
