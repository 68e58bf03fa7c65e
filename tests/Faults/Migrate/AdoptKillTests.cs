using Lockkeeper.Tests.TestKit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>kill -9 of lk while it adopts another tool's history: all of it is written or nothing, and adopting again ends well.</summary>
public sealed class AdoptKillTests
{
    private const string All = "0001 applied, 0002 applied, 0003 applied";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task at_any_moment(int seed)
    {
        await using var project = await ProjectAsync();
        await using (var lk = await project.StartAsync("migrate", "adopt", "--env", "dev", "--yes"))
        {
            // From the first look at the catalog to after the end.
            await Task.Delay(new Random(seed).Next(200, 6_000), TestContext.Current.CancellationToken);
            lk.Kill();
            await lk.WaitAsync();
        }

        await AdoptAgainAsync(project);
    }

    [Fact]
    public async Task while_the_rows_are_being_written()
    {
        await using var project = await ProjectAsync();
        await MakeStoreAsync(project);
        await using var holder = await project["dev"].OpenAsync();
        await using var held = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("LOCK TABLE lockkeeper.migrations IN SHARE ROW EXCLUSIVE MODE", holder))
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await using var lk = await project.StartAsync("migrate", "adopt", "--env", "dev", "--yes");
        await project["dev"].RunningAsync("/* lk:migrate.take_over */", lk);
        lk.Kill();
        await lk.WaitAsync();
        await held.RollbackAsync(TestContext.Current.CancellationToken);
        await project["dev"].UntilAsync("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '/* lk:migrate.take_over%' AND state = 'active')");
        await AdoptAgainAsync(project);
    }

    /// <summary>The tables of a history without rows, as a kill between making them and writing leaves them.</summary>
    private static async Task MakeStoreAsync(LkProject project)
    {
        var script = await project.RunAsync("migrate", "plan", "--env", "dev", "--script");
        var store = script.Output[script.Output.IndexOf("-- the history's tables", StringComparison.Ordinal)..];
        await project["dev"].ExecuteAsync(store[..store.IndexOf("COMMIT;", StringComparison.Ordinal)].Replace("BEGIN;", "", StringComparison.Ordinal));
    }

    private static async Task AdoptAgainAsync(LkProject project)
    {
        var adoptions = await project["dev"].ScalarAsync("SELECT to_regclass('lockkeeper.adoptions')::text") is null ? "0" : await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.adoptions");
        if (adoptions == "0" && await project["dev"].ScalarAsync("SELECT to_regclass('lockkeeper.migrations')::text") is not null)
            (await project.HistoryAsync("dev")).ShouldBe("");
        if (adoptions == "1")
            (await project.HistoryAsync("dev")).ShouldBe(All);

        var again = await project.RunAsync("migrate", "adopt", "--env", "dev", "--yes");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await project.HistoryAsync("dev")).ShouldBe(All);
        (await project["dev"].ScalarAsync("SELECT string_agg(version || ' ' || dirty, ',') FROM schema_migrations")).ShouldBe("3 false");
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    private static async Task<LkProject> ProjectAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        for (var step = 1; step <= 3; step++)
            project.Migration($"{step:0000}_t{step}", $"CREATE TABLE t{step} (id int);\n");
        await project["dev"].ExecuteAsync(
            "CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (3, false); CREATE TABLE t1 (id int); CREATE TABLE t2 (id int); CREATE TABLE t3 (id int)");
        return project;
    }
}
