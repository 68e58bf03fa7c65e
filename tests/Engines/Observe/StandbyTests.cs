using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>What a standby and its primary say of one another.</summary>
public sealed class StandbyTests
{
    [Theory, MemberData(nameof(CollectorTests.Versions), MemberType = typeof(CollectorTests))]
    public async Task a_standby_that_is_cut_off_does_not_say_that_it_keeps_up(int version)
    {
        await using var primary = await TestCluster.StartAsync(binariesFolder: version == 15 ? null : LabCluster.Binaries);
        await using var database = await TestDatabase.CreateAsync(cluster: primary);
        await using var standby = await Standby.OfAsync(primary);
        await using var there = new Observed(standby.Url);
        await using var here = new Observed(primary.Url());
        await EventuallyAsync(async () => (await there.ScrapeAsync()).Value("pg_replication_lag_seconds") == 0, "a standby that keeps up");
        var healthy = await there.ScrapeAsync();
        healthy.Value("pg_replication_is_replica").ShouldBe(1);
        healthy.Value("lockkeeper_standby_streaming").ShouldBe(1);
        healthy.MissingAgainstNature().ShouldAllBe(one => one.Contains("missing_extension"));
        healthy.WhyMissing("lockkeeper_wal_written_bytes_total").ShouldBe("primary_only");
        (await here.ScrapeAsync()).Value("lockkeeper_replication_standbys").ShouldBe(1);

        standby.Link.Refuse();
        await database.ExecuteAsync("CREATE TABLE t AS SELECT generate_series(1, 1000) AS id");
        await EventuallyAsync(async () => (await there.ScrapeAsync()).Value("lockkeeper_standby_streaming") == 0, "a receiver that has ended");
        var cut = await there.ScrapeAsync();
        cut.Value("pg_replication_lag_seconds")!.Value.ShouldBeGreaterThan(0);
        // All that it has received is replayed: what postgres_exporter goes by.
        cut.Value("lockkeeper_standby_received_lsn_bytes").ShouldBe(cut.Value("lockkeeper_standby_replayed_lsn_bytes"));
        await EventuallyAsync(async () => (await here.ScrapeAsync()).Value("lockkeeper_replication_standbys") == 0, "a primary that has noticed");

        standby.Link.Accept();
        await EventuallyAsync(async () => (await there.ScrapeAsync()).Value("pg_replication_lag_seconds") == 0, "a standby that has caught up");

        // The connection stays open through a promotion, and the numbers of a primary come.
        await using (var connection = new NpgsqlConnection(Connection(standby.Url)))
        {
            await connection.OpenAsync();
            await RunAsync(connection, "SELECT pg_promote()");
        }

        var promoted = await there.ScrapeAsync();
        promoted.Value("pg_replication_is_replica").ShouldBe(0);
        promoted.SamplesOf("lockkeeper_wal_written_bytes_total").ShouldNotBeEmpty();
        promoted.WhyMissing("lockkeeper_standby_streaming").ShouldBe("standby_only");
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        for (var until = DateTime.UtcNow.AddMinutes(1); !await condition(); await Task.Delay(100))
            if (DateTime.UtcNow > until)
                throw new TimeoutException($"{what} did not come");
    }

    private static string Connection(string url) => Lockkeeper.Engines.PostgreSql.Connections.PostgreSqlUrl.Parse(url).ConnectionString + ";Pooling=false";

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}
