using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>What belongs to a whole server, on one of the test's own: archiving, settings, old snapshots, databases.</summary>
public sealed class WholeServerTests
{
    [Fact]
    public async Task archiving_that_fails_settings_that_wait_and_a_snapshot_that_holds_vacuum_up_are_said()
    {
        await using var cluster = await TestCluster.StartAsync(new Dictionary<string, string> { ["archive_mode"] = "on", ["archive_command"] = "false" });
        await using var database = await TestDatabase.CreateAsync(cluster: cluster);
        await using var observed = new Observed(database.Url);
        var quiet = await observed.ScrapeAsync();
        quiet.Value("lockkeeper_archiver_enabled").ShouldBe(1);
        quiet.Value("lockkeeper_settings_pending_restart").ShouldBe(0);

        await using var old = await database.OpenAsync();
        await using var snapshot = await old.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await RunAsync(old, "SELECT 1");
        for (var i = 0; i < 30; i++)
            await database.ExecuteAsync("SELECT pg_current_xact_id()");
        await database.ExecuteAsync("ALTER SYSTEM SET max_connections = 301; SELECT pg_reload_conf(); CREATE TABLE t (id int); SELECT pg_switch_wal()");
        await Eventually.TrueAsync(() => database.ScalarAsync("SELECT failed_count > 0 FROM pg_stat_archiver").GetAwaiter().GetResult() == "t", "an attempt to archive that fails");

        // A new one: the settings of the first are good for a minute.
        var loud = await Observed.OnceAsync(database.Url);
        loud.Value("lockkeeper_archiver_failing").ShouldBe(1);
        loud.Value("lockkeeper_archiver_waiting_files")!.Value.ShouldBeGreaterThanOrEqualTo(1);
        loud.Value("pg_stat_archiver_failed_count")!.Value.ShouldBeGreaterThan(0);
        loud.Value("lockkeeper_settings_pending_restart").ShouldBe(1);
        loud.Value("lockkeeper_setting_pending_restart", ("name", "max_connections")).ShouldBe(1);
        var holder = loud.Find("lockkeeper_xmin_age", ("holder", "session")).Single();
        holder.Label("name").ShouldContain($"pid {old.ProcessID} ");
        holder.Value.ShouldBeGreaterThanOrEqualTo(30);

        await snapshot.RollbackAsync();
        await database.ExecuteAsync("BEGIN; CREATE TABLE held (id int); PREPARE TRANSACTION 'forgotten'");
        var prepared = await Observed.OnceAsync(database.Url);
        prepared.Value("lockkeeper_prepared_transactions").ShouldBe(1);
        prepared.Find("lockkeeper_xmin_age", ("holder", "prepared")).Single().Label("name").ShouldBe("forgotten");
        await database.ExecuteAsync("ROLLBACK PREPARED 'forgotten'");
    }

    [Fact]
    public async Task databases_are_all_looked_at_over_few_connections_and_one_that_comes_or_goes_is_noticed()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var connection = new NpgsqlConnection(Connection(cluster.Url()));
        await connection.OpenAsync();
        for (var i = 0; i < 22; i++)
            await RunAsync(connection, $"CREATE DATABASE d{i} STRATEGY file_copy");
        await using var observed = new Observed(cluster.Url(), allDatabases: true);
        var first = await observed.ScrapeAsync();
        first.SamplesOf("lockkeeper_invalid_indexes").Select(sample => sample.Label("datname")).Order().ShouldBe(Enumerable.Range(0, 22).Select(i => $"d{i}").Append("postgres").Order());
        first.Value("lockkeeper_scrape_connections").ShouldBe(21);
        // The server needs a moment to see that the others were closed.
        await Eventually.TrueAsync(() => ScalarAsync(connection, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lockkeeper observe'").GetAwaiter().GetResult() == 21, "21 connections");

        await RunAsync(connection, "CREATE DATABASE late STRATEGY file_copy");
        await RunAsync(connection, "DROP DATABASE d3 WITH (FORCE)");
        var second = await observed.ScrapeAsync();
        var names = second.SamplesOf("lockkeeper_invalid_indexes").Select(sample => sample.Label("datname")).ToList();
        names.ShouldContain("late");
        names.ShouldNotContain("d3");
        second.MissingAgainstNature().ShouldAllBe(one => one.Contains("missing_extension"));
    }

    private static string Connection(string url) => Lockkeeper.Engines.PostgreSql.Connections.PostgreSqlUrl.Parse(url).ConnectionString + ";Pooling=false";

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
