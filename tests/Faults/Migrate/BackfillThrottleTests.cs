using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>What a backfill waits for, each with the condition really there: it stands still, says why, and goes on afterwards.</summary>
public sealed class BackfillThrottleTests
{
    private const int Rows = 3000;
    private const string Orders = "CREATE TABLE orders (id int PRIMARY KEY, n bigint NOT NULL DEFAULT 0) WITH (autovacuum_enabled = off)";
    private const string Raise = "-- lk: backfill max_rows: 50\nUPDATE orders SET n = n + id;";

    [Theory]
    [InlineData("max_lag_mb: 1, max_lag: 1d", "MB behind")]
    [InlineData("max_lag_mb: 100000, max_lag: 1s", "s behind")]
    public async Task it_waits_for_a_replica_that_replays_nothing(string limits, string reason)
    {
        await using var primary = await TestCluster.StartAsync(new Dictionary<string, string> { ["wal_level"] = "replica", ["max_wal_senders"] = "4", ["hot_standby"] = "on" });
        await using var database = await TestDatabase.CreateAsync(cluster: primary);
        // The pauses make sure that batches are left when the lag has grown.
        await using var project = await ProjectAsync(database, limits, pause: "100ms");
        await using var standby = await Standby.OfAsync(primary);
        await standby.UntilAsync(database.Url, "SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'");
        await standby.ScalarAsync(database.Url, "SELECT pg_wal_replay_pause()");
        await standby.UntilAsync(database.Url, "SELECT pg_get_wal_replay_pause_state() = 'paused'");
        await database.ExecuteAsync("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 4000000)); INSERT INTO orders SELECT i FROM generate_series(-9, 0) i; DELETE FROM orders WHERE id <= 0");

        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await lk.WaitForTextAsync("a replica is ");
        lk.Errors.ShouldContain(reason);
        await StandsStillAsync(database, lk);
        await standby.ScalarAsync(database.Url, "SELECT pg_wal_replay_resume()");
        await GoesOnAsync(project, database, lk, "replicas");
    }

    [Fact]
    public async Task it_waits_while_others_write_much_wal()
    {
        // A server of its own: what other tests write would count too.
        await using var server = await TestCluster.StartAsync(new Dictionary<string, string>());
        await using var database = await TestDatabase.CreateAsync(cluster: server);
        // A rate takes two looks, a second apart; the pauses make sure that batches are left then.
        await using var project = await ProjectAsync(database, "max_wal_mb: 1", pause: "100ms");
        using var enough = new CancellationTokenSource();
        var writing = WriteAsync(database, enough.Token);
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await lk.WaitForTextAsync("MB of WAL a second");
        await StandsStillAsync(database, lk);
        await enough.CancelAsync();
        await writing;
        await GoesOnAsync(project, database, lk, "wal");
    }

    [Fact]
    public async Task it_waits_for_vacuum_when_too_many_rows_are_dead()
    {
        await using var project = await ProjectAsync(null, "max_dead_ratio: 1.5");
        // Twice as many dead rows as live ones; those of the backfill itself are as many as the live ones.
        await project["dev"].ExecuteAsync("UPDATE orders SET n = 0; UPDATE orders SET n = 0");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await lk.WaitForTextAsync("dead rows for each live one");
        await StandsStillAsync(project["dev"], lk);
        await project["dev"].ExecuteAsync("VACUUM orders");
        await GoesOnAsync(project, project["dev"], lk, "vacuum");
    }

    [Fact]
    public async Task after_the_longest_wait_it_stops_and_the_next_run_goes_on_there()
    {
        await using var project = await ProjectAsync(null, "max_dead_ratio: 1.5, longest_wait: 1s");
        await project["dev"].ExecuteAsync("UPDATE orders SET n = 0; UPDATE orders SET n = 0");
        var stopped = await project.RunAsync("migrate", "apply", "--env", "dev");
        stopped.ExitCode.ShouldBeOneOf(3, 4);
        stopped.Errors.ShouldContain("LK3203: ");
        stopped.Errors.ShouldContain("dead rows for each live one");
        stopped.Errors.ShouldContain("HINT: ");
        (await CheckpointAsync(project["dev"])).ShouldBe("0 running");
        (await project["dev"].ScalarAsync("SELECT sum(n)::text FROM orders")).ShouldBe("0");

        await project["dev"].ExecuteAsync("VACUUM orders");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        await EachRowOnceAsync(project["dev"]);
    }

    [Fact]
    public async Task it_gives_way_to_sessions_that_wait_for_its_rows()
    {
        await using var project = await ProjectAsync(null, "max_waiting: 2, batch_time: 10s", "lock_timeout: 1h\nlocks: { max_waiting: 100 }\n");
        await using var holder = await project["dev"].OpenAsync();
        await using var open = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("SELECT FROM orders WHERE id = 50 FOR UPDATE", holder))
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].UntilAsync($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND {holder.ProcessID} = ANY (pg_blocking_pids(pid)))");
        var sessions = Enumerable.Range(1, 4).Select(id => project["dev"].ExecuteAsync($"UPDATE orders SET n = n WHERE id = {id}")).ToArray();
        const string waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE orders SET n = n WHERE%'";
        await project["dev"].UntilAsync($"SELECT count(*) = 4 {waiting}");
        // Seen by a look that began after they were there.
        await project["dev"].UntilAsync($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '/* lk:backfill.waiting%' AND query_start > (SELECT max(state_change) {waiting}) + interval '1 s')");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAll(sessions);
        await lk.WaitForTextAsync("4 sessions waited for rows of a batch");
        await GoesOnAsync(project, project["dev"], lk, "sessions");
    }

    [Fact]
    public async Task a_server_that_is_killed_loses_one_batch_and_no_row_is_changed_twice()
    {
        await using var server = await TestCluster.StartAsync(new Dictionary<string, string> { ["fsync"] = "on", ["synchronous_commit"] = "on", ["full_page_writes"] = "on" });
        await using var database = await TestDatabase.CreateAsync(cluster: server);
        await using var project = await ProjectAsync(database, "max_waiting: 2", pause: "50ms");
        await using (var lk = await project.StartAsync("migrate", "apply", "--env", "dev"))
        {
            await database.UntilAsync("SELECT to_regclass('lockkeeper.backfills') IS NOT NULL");
            await database.UntilAsync("SELECT EXISTS (SELECT FROM lockkeeper.backfills WHERE batches >= 5)");
            await server.CrashAsync();
            await server.ComeBackAsync();
            var failed = await lk.WaitAsync();
            failed.ExitCode.ShouldBe(4, failed.ToString());
            failed.Errors.ShouldContain("HINT: ");
        }

        (await database.ScalarAsync("SELECT (batches >= 5 AND state = 'running' AND scanned = (SELECT count(*) FROM orders WHERE n > 0))::text FROM lockkeeper.backfills")).ShouldBe("true");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Errors.ShouldContain("goes on after");
        await EachRowOnceAsync(database);
    }

    private static async Task<LkProject> ProjectAsync(TestDatabase? database, string limits, string settings = "", string pause = "10ms")
    {
        var project = await LkProject.CreateAsync("dev");
        if (database is not null)
            project.PointTo("dev", database.Url);
        await (database ?? project["dev"]).ExecuteAsync($"{Orders}; INSERT INTO orders SELECT i FROM generate_series(1, {Rows}) i");
        project.DatabaseSettings = $"{settings}backfill: {{ pause: {pause}, {limits} }}";
        return project.Migration("0001_raise", Raise);
    }

    /// <summary>Some seconds in which nothing moves: a backfill that does not wait would have made dozens of batches.</summary>
    private static async Task StandsStillAsync(TestDatabase database, LkProcess lk)
    {
        var before = await CheckpointAsync(database);
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        lk.HasExited.ShouldBeFalse(lk.Errors);
        (await CheckpointAsync(database)).ShouldBe(before);
        before.ShouldEndWith(" running");
    }

    private static async Task GoesOnAsync(LkProject project, TestDatabase database, LkProcess lk, string waitedFor)
    {
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        if (waitedFor != "sessions")
            result.Errors.ShouldContain("update of orders goes on");
        var shown = await project.JsonAsync("ledger", "show");
        var entry = (shown["data"] ?? shown)["entries"]!.AsArray().Single(one => one!["kind"]!.GetValue<string>() == "backfill.finished")!["body"]!;
        ((JsonObject)entry["waited_ms"]!)[waitedFor]!.GetValue<double>().ShouldBeGreaterThan(0);
        await EachRowOnceAsync(database);
    }

    private static async Task EachRowOnceAsync(TestDatabase database)
    {
        (await database.ScalarAsync("SELECT bool_and(n = id)::text FROM orders")).ShouldBe("true");
        (await CheckpointAsync(database)).ShouldBe($"{Rows} done");
        (await database.ScalarAsync("SELECT outcome FROM lockkeeper.migrations")).ShouldBe("applied");
    }

    private static async Task<string> CheckpointAsync(TestDatabase database) => await database.ScalarAsync("SELECT scanned || ' ' || state FROM lockkeeper.backfills") ?? "";

    /// <summary>Writes some twenty megabytes of WAL a second.</summary>
    private static async Task WriteAsync(TestDatabase database, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await database.ExecuteAsync("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 2000000))");
            await Task.Delay(50, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
