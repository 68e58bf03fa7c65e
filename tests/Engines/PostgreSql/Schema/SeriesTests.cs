using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Schema;

/// <summary>Schemas that nobody here wrote.</summary>
public sealed class SeriesTests
{
    [Fact]
    public async Task graphile_worker_keeps_its_fingerprint_over_dump_and_restore() =>
        await ShouldSurviveAsync("CREATE SCHEMA graphile_worker", Corpora.GraphileWorker,
            new PsqlOptions { SingleTransaction = true }, sql => sql.Replace(":GRAPHILE_WORKER_SCHEMA", "graphile_worker", StringComparison.Ordinal));

    [Fact]
    public async Task stripe_sync_engine_keeps_its_fingerprint_over_dump_and_restore() =>
        await ShouldSurviveAsync("CREATE SCHEMA stripe", Corpora.StripeSyncEngine, new PsqlOptions { ServerOptions = "-c search_path=stripe,public" });

    [Fact]
    public async Task world_postgres_keeps_its_fingerprint_over_dump_and_restore() =>
        await ShouldSurviveAsync("", Corpora.WorldPostgres, new PsqlOptions());

    // openQA ships each version twice: as a whole, and as the upgrade from the one before. They should be the same, and are in 30 of 36
    // versions; what differs in the other six are real mistakes in its upgrades, and no more than that may be found.
    [Fact]
    [Trait("Category", "Long")]
    public async Task openqa_upgraded_is_openqa_deployed_but_for_its_six_real_drifts()
    {
        await using var upgraded = await TestDatabase.CreateAsync();
        var drifts = new Dictionary<int, string[]>();
        for (var version = 63; version <= 98; version++)
        {
            await RunAsync(upgraded, version == 63 ? Corpora.OpenQaDeploy(63) : Corpora.OpenQaUpgrade(version - 1), new PsqlOptions());
            await using var deployed = await TestDatabase.CreateAsync();
            await RunAsync(deployed, Corpora.OpenQaDeploy(version), new PsqlOptions());
            var words = Schemas.Words(await Schemas.ReadAsync(deployed), await Schemas.ReadAsync(upgraded)).ToArray();
            if (words.Length > 0) drifts.Add(version, words);
        }

        drifts.Keys.ShouldBe([85, 94, 95, 96, 97, 98]);
        drifts[85].ShouldBe(["column public.job_group_parents.size_limit_gb looks renamed to default_size_limit_gb"]);
        // Columns were widened, and the sequences behind them only three versions later.
        drifts[94].ShouldBe([Narrow("job_modules")]);
        drifts[95].ShouldBe([Narrow("assets"), Narrow("job_modules"), Narrow("job_settings"), Narrow("jobs")]);
        drifts[96].ShouldBe([Narrow("assets"), Narrow("job_modules"), Narrow("job_settings"), Narrow("jobs"), Narrow("worker_properties"), Narrow("workers")]);
        foreach (var version in (int[])[97, 98])
            drifts[version].ShouldBe(["sequence public.dbix_class_deploymenthandler_versions_id_seq changed type from integer to bigint and changed maximum from 2147483647 to 9223372036854775807"]);

        await using var restored = await Schemas.RestoredAsync(upgraded);
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(upgraded), await Schemas.ReadAsync(restored));

        static string Narrow(string table) =>
            $"sequence public.{table}_id_seq changed type from bigint to integer and changed maximum from 9223372036854775807 to 2147483647";
    }

    private static async Task ShouldSurviveAsync(string before, IReadOnlyList<string> files, PsqlOptions options, Func<string, string>? edit = null)
    {
        await using var database = await Schemas.MakeAsync(before);
        await RunAsync(database, files, options, edit);
        var expected = await Schemas.ReadAsync(database);
        expected.Objects.Count.ShouldBeGreaterThan(50);
        foreach (var dumpOptions in (string[][])[[], ["--no-owner"]])
        {
            await using var restored = await Schemas.RestoredAsync(database, dumpOptions);
            Schemas.ShouldBeTheSame(expected, await Schemas.ReadAsync(restored));
        }
    }

    private static async Task RunAsync(TestDatabase database, IReadOnlyList<string> files, PsqlOptions options, Func<string, string>? edit = null)
    {
        var scripts = await Task.WhenAll(files.Select(file => File.ReadAllTextAsync(file)));
        // The last statement of a file may have no semicolon.
        foreach (var sql in options.SingleTransaction ? scripts : [string.Join("\n;\n", scripts)])
            await Psql.OutputAsync(database.Url, edit?.Invoke(sql) ?? sql, options);
    }
}
