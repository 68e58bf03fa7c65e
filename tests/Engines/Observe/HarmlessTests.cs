using System.Diagnostics;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>A monitor makes nothing worse: it waits for no lock, keeps one connection, ends in time, and gets on by itself afterwards.</summary>
public sealed class HarmlessTests
{
    [Fact]
    public async Task an_exclusive_lock_costs_one_size_and_nothing_else()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE held (id int PRIMARY KEY, note text); CREATE TABLE free (id int PRIMARY KEY); CREATE SEQUENCE s; SELECT nextval('s')");
        await using var holder = await database.OpenAsync();
        await using (var held = await holder.BeginTransactionAsync())
        {
            await RunAsync(holder, "ALTER TABLE held ADD more int");
            await RunAsync(holder, "ALTER SEQUENCE s INCREMENT 2");
            await using var observed = new Observed(database.Url);
            for (var i = 0; i < 5; i++)
            {
                var snapshot = await observed.ScrapeAsync();
                snapshot.SamplesOf("pg_stat_user_tables_n_live_tup").Select(sample => sample.Label("relname")).Order().ShouldBe(["free", "held"]);
                snapshot.SamplesOf("pg_stat_user_tables_table_size_bytes").Select(sample => sample.Label("relname")).ShouldBe(["free"]);
                snapshot.Value("lockkeeper_sizes_skipped_tables", ("datname", database.Name)).ShouldBe(1);
                snapshot.Value("pg_locks_count", ("datname", database.Name), ("mode", "accessexclusivelock"))!.Value.ShouldBeGreaterThanOrEqualTo(1);
                snapshot.SamplesOf("lockkeeper_collector_success").Where(sample => sample.Value != 1).ShouldBeEmpty();
                (await database.ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lockkeeper observe' AND datname = '{database.Name}'")).ShouldBe("1");
                (await database.ScalarAsync($"SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE application_name = 'lockkeeper observe' AND NOT granted AND datname = '{database.Name}'")).ShouldBe("0");
            }

            await held.RollbackAsync();
        }

        (await Observed.OnceAsync(database.Url)).SamplesOf("pg_stat_user_tables_table_size_bytes").Count().ShouldBe(2);
    }

    [Fact]
    public async Task even_a_locked_catalog_only_takes_what_is_in_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE t (id int)");
        await using var observed = new Observed(database.Url);
        (await observed.ScrapeAsync()).SamplesOf("pg_stat_user_tables_n_live_tup").ShouldNotBeEmpty();
        await using var holder = await database.OpenAsync();
        await using (var held = await holder.BeginTransactionAsync())
        {
            await RunAsync(holder, "LOCK TABLE pg_catalog.pg_index IN ACCESS EXCLUSIVE MODE");
            var snapshot = await observed.ScrapeAsync();
            snapshot.IsUp.ShouldBeTrue();
            snapshot.WhyMissing("pg_stat_user_tables_idx_scan").ShouldBe("locked");
            snapshot.SamplesOf("pg_stat_user_tables_idx_scan").ShouldBeEmpty();
            snapshot.SamplesOf("pg_stat_activity_count").ShouldNotBeEmpty();
            await held.RollbackAsync();
        }

        (await observed.ScrapeAsync()).WhyMissing("pg_stat_user_tables_idx_scan").ShouldBeNull();
    }

    [Fact]
    public async Task a_server_that_goes_silent_ends_the_scrape_at_its_deadline_and_is_back_when_it_speaks_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var proxy = new TcpProxy(database.Cluster.Port);
        await using var observed = new Observed(proxy.Through(database.Url));
        (await observed.ScrapeAsync()).IsUp.ShouldBeTrue();
        proxy.Pause();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 3; i++)
        {
            var silent = await observed.ScrapeAsync(TimeSpan.FromMilliseconds(300));
            silent.IsUp.ShouldBeFalse();
            silent.Value("lockkeeper_target_down", ("reason", "deadline")).ShouldBe(1);
        }

        // The limit is for a scrape that hangs: the three together have a deadline of 0.9 s.
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(60));
        int.Parse((await database.ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lockkeeper observe' AND datname = '{database.Name}'"))!).ShouldBeLessThanOrEqualTo(1);
        proxy.Resume();
        for (var until = DateTime.UtcNow.AddMinutes(1); !(await observed.ScrapeAsync(TimeSpan.FromSeconds(20))).IsUp;)
        {
            DateTime.UtcNow.ShouldBeLessThan(until, "the target stays down");
            await Task.Delay(100);
        }
    }

    [Fact]
    public async Task a_connection_that_is_cut_is_opened_anew()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var observed = new Observed(database.Url);
        (await observed.ScrapeAsync()).IsUp.ShouldBeTrue();
        await database.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lockkeeper observe' AND datname = '{database.Name}'");
        await observed.ScrapeAsync();
        var again = await observed.ScrapeAsync();
        again.IsUp.ShouldBeTrue();
        again.SamplesOf("pg_stat_activity_count").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task settings_of_the_role_do_not_reach_our_statements()
    {
        await using var database = await TestDatabase.CreateAsync();
        // A table that hides a catalog's name, and limits that would end every statement.
        await database.ExecuteAsync($"CREATE SCHEMA trap; CREATE VIEW trap.pg_class AS SELECT 1 / 0 AS oid; ALTER DATABASE \"{database.Name}\" SET search_path = trap, pg_catalog; ALTER DATABASE \"{database.Name}\" SET statement_timeout = '1h'; ALTER DATABASE \"{database.Name}\" SET lock_timeout = '1h'");
        var snapshot = await Observed.OnceAsync(database.Url);
        snapshot.SamplesOf("lockkeeper_collector_success").Where(sample => sample.Value != 1).ShouldBeEmpty();
    }

    [Fact]
    public async Task through_a_pooler_it_works_too_and_leaves_nothing_of_ours_behind()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var bouncer = await PgBouncer.StartAsync(database.Cluster, new Dictionary<string, string> { ["default_pool_size"] = "1" });
        var snapshot = await Observed.OnceAsync(bouncer.Url(database.Name));
        snapshot.IsUp.ShouldBeTrue();
        snapshot.SamplesOf("lockkeeper_collector_success").Where(sample => sample.Value != 1).ShouldBeEmpty();
        (await Psql.OutputAsync(bouncer.Url(database.Name), "SHOW lock_timeout")).Trim().ShouldBe("0");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}
