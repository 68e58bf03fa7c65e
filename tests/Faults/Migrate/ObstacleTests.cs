using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>What is looked for before a strong lock or CONCURRENTLY: it is waited for, and then the migration is refused with nothing touched.</summary>
public sealed class ObstacleTests
{
    private static async Task<LkProject> ProjectAsync(string wait)
    {
        var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int); CREATE TABLE other (id int)");
        project.DatabaseSettings = $"locks: {{ long_transaction: 1ms, wait: {wait} }}";
        return project;
    }

    private static async Task<NpgsqlConnection> OpenAsync(TestDatabase database, params string[] statements)
    {
        var connection = await database.OpenAsync();
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        return connection;
    }

    private static async Task RefusedAsync(LkProject project, params string[] words)
    {
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(5, result.ToString());
        result.Errors.ShouldContain("LK3161: ");
        result.Errors.ShouldContain("nothing was touched");
        result.Errors.ShouldContain("HINT: ");
        foreach (var word in words)
            result.Errors.ShouldContain(word);
        (await project.HistoryAsync("dev")).ShouldBe("");
    }

    [Fact]
    public async Task a_long_transaction_on_the_table_is_named_and_nothing_is_touched()
    {
        await using var project = await ProjectAsync("600ms");
        project.Migration("0001_column", "CREATE TABLE made (id int);\nALTER TABLE orders ADD COLUMN a int;");
        await using var reader = await OpenAsync(project["dev"], "BEGIN", "SELECT FROM orders /* report */");
        await RefusedAsync(project, "a long transaction is in the way", $"IN THE WAY: a long transaction: pid {reader.ProcessID}, postgres, idle in transaction, has ACCESS SHARE on orders", "/* report */", "waits up to 600 ms for");
        (await project["dev"].TablesAsync("made")).ShouldBe("made:f");
    }

    [Fact]
    public async Task it_is_waited_for_and_the_migration_goes_on_when_it_ends()
    {
        await using var project = await ProjectAsync("1h");
        project.Migration("0001_first", "CREATE TABLE first (id int);").Migration("0002_column", "ALTER TABLE orders ADD COLUMN a int;");
        await using var reader = await OpenAsync(project["dev"], "BEGIN", "SELECT FROM orders");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await lk.WaitForTextAsync("0002: waits up to 1 h 0 min for a long transaction: pid");
        // Nobody stands in a queue behind the migration meanwhile.
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("0");
        await using (var end = new NpgsqlCommand("COMMIT", reader))
            await end.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
    }

    [Fact]
    public async Task a_transaction_that_is_in_nobodys_way_is_not_waited_for()
    {
        await using var project = await ProjectAsync("1ms");
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;").Migration("0002_made", "CREATE TABLE made (id int);").Migration("0003_index", "CREATE INDEX made_id ON made (id);");
        await using var reader = await OpenAsync(project["dev"], "BEGIN", "INSERT INTO other VALUES (1)");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
    }

    [Fact]
    public async Task an_old_snapshot_is_named_before_an_index_is_built_concurrently()
    {
        await using var project = await ProjectAsync("1ms");
        project.Migration("0001_index", "-- lk: no-transaction\nCREATE INDEX CONCURRENTLY orders_id ON orders (id);");
        await using var reader = await OpenAsync(project["dev"], "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM other /* dump */");
        await RefusedAsync(project, "an old snapshot is in the way", $"pid {reader.ProcessID}, postgres, idle in transaction, has a snapshot", "/* dump */");
        (await project["dev"].ScalarAsync("SELECT to_regclass('orders_id')::text")).ShouldBeNull();
    }

    [Fact]
    public async Task a_prepared_transaction_is_named_with_what_ends_it()
    {
        await using var project = await ProjectAsync("1ms");
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        var name = $"transfer {project["dev"].Name}";
        await using var gone = await OpenAsync(project["dev"], "BEGIN", "INSERT INTO orders VALUES (1)", $"PREPARE TRANSACTION '{name}'");
        try
        {
            await RefusedAsync(project, "a prepared transaction is in the way", $"the prepared transaction '{name}' of postgres, has ROW EXCLUSIVE on orders", "ROLLBACK PREPARED");
        }
        finally
        {
            await project["dev"].ExecuteAsync($"ROLLBACK PREPARED '{name}'");
        }

        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_prepared_transaction_that_is_young_is_named_when_its_lock_is_missed()
    {
        await using var project = await ProjectAsync("1ms");
        project.DatabaseSettings = "lock_timeout: 300ms\nlock_retries: 3";
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        var name = $"transfer {project["dev"].Name}";
        await using var gone = await OpenAsync(project["dev"], "BEGIN", "INSERT INTO orders VALUES (1)", $"PREPARE TRANSACTION '{name}'");
        try
        {
            var result = await project.RunAsync("migrate", "apply", "--env", "dev");
            result.ExitCode.ShouldBe(3, result.ToString());
            result.Errors.ShouldContain($"HELD BY: the prepared transaction '{name}' of postgres, has ROW EXCLUSIVE on orders");
        }
        finally
        {
            await project["dev"].ExecuteAsync($"ROLLBACK PREPARED '{name}'");
        }
    }

    [Fact]
    public async Task autovacuum_that_prevents_wraparound_is_named_at_any_age_and_left_alone()
    {
        await using var cluster = await TestCluster.StartAsync(new Dictionary<string, string> { ["autovacuum_freeze_max_age"] = "100000", ["autovacuum_naptime"] = "1s" });
        await using var database = await TestDatabase.CreateAsync(cluster: cluster);
        await using var project = await LkProject.CreateAsync("dev");
        project.PointTo("dev", database.Url);
        project.DatabaseSettings = "locks: { wait: 1ms, terminate_blockers: { after: 1ms, roles: [autovacuum worker, postgres] } }";
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        // A page a tenth of a second: it takes far longer than the test. An ordinary autovacuum, which yields, must not come first.
        await database.ExecuteAsync("CREATE TABLE orders (id int, note text) WITH (autovacuum_enabled = false, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)");
        await database.ExecuteAsync("INSERT INTO orders SELECT n, repeat('x', 2000) FROM generate_series(1, 20000) n");
        await database.ExecuteAsync("DO $$ BEGIN FOR i IN 1..101000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$");
        await database.UntilAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'autovacuum: VACUUM % (to prevent wraparound)' AND query LIKE '%public.orders%')");
        var worker = await database.ScalarAsync("SELECT pid::text FROM pg_stat_activity WHERE query LIKE 'autovacuum: VACUUM % (to prevent wraparound)' AND query LIKE '%public.orders%'");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(5, result.ToString());
        result.Errors.ShouldContain("LK3161: 0001: autovacuum that prevents wraparound is in the way");
        result.Errors.ShouldContain($"pid {worker}, autovacuum worker");
        (await database.ScalarAsync($"SELECT count(*)::text FROM pg_stat_activity WHERE pid = {worker}")).ShouldBe("1");
    }
}
