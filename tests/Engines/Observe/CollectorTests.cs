using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>Each metric is asserted with the condition really made, in a database of the test's own on servers that others use at the same time.</summary>
public sealed class CollectorTests
{
    public static TheoryData<int> Versions => [15, 17];

    [Theory, MemberData(nameof(Versions))]
    public async Task every_metric_is_there_or_said_to_be_missing(int version)
    {
        await using var database = await CreateAsync(version);
        await database.ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        var snapshot = await Observed.OnceAsync(database.Url);
        snapshot.IsUp.ShouldBeTrue();
        snapshot.MissingAgainstNature().ShouldBeEmpty();
        snapshot.Samples.GroupBy(sample => sample.Metric.Name + "\0" + string.Join('\0', sample.Labels)).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty("two values of one series");
        // What is missing by nature is missing on the other version or on a standby; nothing is given and called missing at once.
        var missing = snapshot.SamplesOf("lockkeeper_metric_unavailable").Select(sample => sample.Label("metric")).ToHashSet();
        snapshot.Samples.Select(sample => sample.Metric.Name).Where(missing.Contains).ShouldBeEmpty();
        (snapshot.Value("lockkeeper_checkpoints_total", ("kind", "timed")) is not null).ShouldBeTrue();
        snapshot.SamplesOf("lockkeeper_io_reads_total").Any().ShouldBe(version >= 16);
        (snapshot.WhyMissing("pg_stat_checkpointer_num_timed_total") is null).ShouldBe(version >= 17);
        snapshot.WhyMissing("lockkeeper_standby_streaming").ShouldBe("standby_only");
    }

    [Fact]
    public async Task an_idle_transaction_is_counted_and_its_age_is_there()
    {
        await using var database = await CreateAsync(15);
        await using var session = await database.OpenAsync();
        await using (await session.BeginTransactionAsync())
        {
            await RunAsync(session, "SELECT 1");
            var snapshot = await Observed.OnceAsync(database.Url);
            snapshot.Value("pg_stat_activity_count", ("datname", database.Name), ("state", "idle in transaction")).ShouldBe(1);
            snapshot.Value("pg_stat_activity_max_tx_duration", ("datname", database.Name), ("state", "idle in transaction"))!.Value.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task whoever_holds_up_others_is_named_with_the_number_of_them()
    {
        await using var database = await CreateAsync(15);
        await database.ExecuteAsync("CREATE TABLE t (id int)");
        await using var holder = await database.OpenAsync();
        await using var held = await holder.BeginTransactionAsync();
        await RunAsync(holder, "LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
        await using var second = await database.OpenAsync();
        await using var third = await database.OpenAsync();
        var waiting = new[] { RunAsync(second, "ALTER TABLE t ADD note text"), RunAsync(third, "SELECT count(*) FROM t") };
        await Eventually.TrueAsync(() => database.ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database.Name}' AND wait_event_type = 'Lock'").GetAwaiter().GetResult() == "2", "two sessions that wait");
        var snapshot = await Observed.OnceAsync(database.Url);
        snapshot.Value("lockkeeper_blocker_victims", ("datname", database.Name), ("pid", $"{holder.ProcessID}"), ("state", "idle in transaction")).ShouldBe(2);
        snapshot.Value("lockkeeper_blocked_sessions")!.Value.ShouldBeGreaterThanOrEqualTo(2);
        snapshot.Value("lockkeeper_locks_waiting", ("datname", database.Name), ("mode", "accesssharelock")).ShouldBe(1);
        snapshot.Value("pg_locks_count", ("datname", database.Name), ("mode", "accessexclusivelock")).ShouldBe(2);
        await held.RollbackAsync();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task tables_and_indexes_count_what_was_done_to_them()
    {
        await using var database = await CreateAsync(15);
        await database.ExecuteAsync(
            """
            CREATE SCHEMA "odd "" one";
            CREATE TABLE "odd "" one"."back\slash" (id int PRIMARY KEY, note text);
            INSERT INTO "odd "" one"."back\slash" SELECT g, 'n' FROM generate_series(1, 1000) g;
            ANALYZE "odd "" one"."back\slash";
            DELETE FROM "odd "" one"."back\slash" WHERE id > 900;
            SET enable_seqscan = off;
            SELECT note FROM "odd "" one"."back\slash" WHERE id = 5;
            SELECT pg_stat_force_next_flush()
            """);
        var snapshot = await Observed.OnceAsync(database.Url);
        (string, string)[] table = [("datname", database.Name), ("schemaname", "odd \" one"), ("relname", "back\\slash")];
        snapshot.Value("pg_stat_user_tables_n_tup_ins", table).ShouldBe(1000);
        snapshot.Value("pg_stat_user_tables_n_tup_del", table).ShouldBe(100);
        snapshot.Value("pg_stat_user_tables_analyze_count", table).ShouldBe(1);
        snapshot.Value("pg_stat_user_tables_last_analyze", table)!.Value.ShouldBeGreaterThan(1.5e9);
        snapshot.Value("pg_stat_user_tables_idx_scan", table).ShouldBe(snapshot.Value("pg_stat_user_indexes_idx_scan_total", [.. table, ("indexrelname", "back\\slash_pkey")]));
        snapshot.Value("pg_stat_user_tables_idx_scan", table)!.Value.ShouldBeGreaterThanOrEqualTo(1);
        snapshot.Value("pg_stat_user_tables_table_size_bytes", table).ShouldBe(double.Parse((await database.ScalarAsync("SELECT pg_table_size('\"odd \"\" one\".\"back\\slash\"')"))!));
        snapshot.Value("pg_stat_database_tup_inserted", ("datname", database.Name))!.Value.ShouldBeGreaterThanOrEqualTo(1000);
        snapshot.Value("pg_database_size_bytes", ("datname", database.Name))!.Value.ShouldBeGreaterThan(1_000_000);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task a_statement_has_its_numbers_and_its_text_is_read_once(int version)
    {
        await using var database = await CreateAsync(version);
        await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; CREATE TABLE only_here (id int)");
        for (var i = 0; i < 7; i++)
            await database.ExecuteAsync($"INSERT INTO only_here SELECT generate_series(1, {i + 10})");
        var id = await database.ScalarAsync($"SELECT queryid FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid WHERE d.datname = '{database.Name}' AND query LIKE 'INSERT INTO only_here%'");
        await using var observed = new Observed(database.Url);
        var snapshot = await observed.ScrapeAsync();
        snapshot.Value("pg_stat_statements_calls_total", ("datname", database.Name), ("queryid", id!)).ShouldBe(7);
        snapshot.Value("pg_stat_statements_rows_total", ("datname", database.Name), ("queryid", id!)).ShouldBe(91);
        snapshot.Value("pg_stat_statements_seconds_total", ("datname", database.Name), ("queryid", id!))!.Value.ShouldBeGreaterThan(0);
        observed.StatementText(id!).ShouldNotBeNull().ShouldStartWith("INSERT INTO only_here");
        snapshot.Samples.SelectMany(sample => sample.Labels).Where(label => label.Contains("only_here (id", StringComparison.Ordinal)).ShouldBeEmpty("no text of a statement is a label");
    }

    [Fact]
    public async Task a_sequence_ends_where_the_column_that_it_fills_does()
    {
        await using var database = await CreateAsync(15);
        // A bigint sequence behind an integer column, as GENERATED AS IDENTITY never makes it and a changed sequence does.
        await database.ExecuteAsync("CREATE TABLE t (id int NOT NULL); CREATE SEQUENCE s AS bigint OWNED BY t.id; ALTER TABLE t ALTER id SET DEFAULT nextval('s'); SELECT setval('s', 2040109465); CREATE SEQUENCE fresh");
        var snapshot = await Observed.OnceAsync(database.Url);
        snapshot.Value("lockkeeper_sequence_used_ratio", ("sequencename", "s"))!.Value.ShouldBe(0.95, 0.001);
        snapshot.Value("lockkeeper_sequence_used_max_ratio", ("datname", database.Name))!.Value.ShouldBe(0.95, 0.001);
        snapshot.Find("lockkeeper_sequence_used_ratio", ("sequencename", "fresh")).ShouldBeEmpty();
    }

    [Fact]
    public async Task an_index_that_did_not_come_to_its_end_is_named()
    {
        await using var database = await CreateAsync(15);
        await database.ExecuteAsync("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)");
        await Should.ThrowAsync<PostgresException>(database.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY twice ON t (id)"));
        var snapshot = await Observed.OnceAsync(database.Url);
        snapshot.Value("lockkeeper_invalid_indexes", ("datname", database.Name)).ShouldBe(1);
        snapshot.Value("lockkeeper_invalid_index", ("relname", "t"), ("indexrelname", "twice")).ShouldBe(1);
    }

    [Fact]
    public async Task a_table_that_autovacuum_should_be_at_is_named_by_its_own_settings()
    {
        await using var database = await CreateAsync(15);
        await database.ExecuteAsync(
            """
            CREATE TABLE due (id int) WITH (autovacuum_enabled = false, autovacuum_vacuum_threshold = 10, autovacuum_vacuum_scale_factor = 0);
            CREATE TABLE fine (id int) WITH (autovacuum_enabled = false, autovacuum_vacuum_threshold = 1000);
            INSERT INTO due SELECT generate_series(1, 40); INSERT INTO fine SELECT generate_series(1, 40);
            DELETE FROM due; DELETE FROM fine; SELECT pg_stat_force_next_flush()
            """);
        var snapshot = await Observed.OnceAsync(database.Url);
        snapshot.Value("lockkeeper_autovacuum_due_tables", ("datname", database.Name)).ShouldBe(1);
        snapshot.Value("lockkeeper_autovacuum_due_ratio", ("relname", "due")).ShouldBe(4);
        snapshot.Value("lockkeeper_autovacuum_disabled_tables", ("datname", database.Name)).ShouldBe(2);
    }

    [Fact]
    public async Task what_is_empty_of_a_table_and_its_index_is_estimated()
    {
        await using var database = await CreateAsync(15);
        await database.ExecuteAsync(
            """
            CREATE TABLE t (id int, filler text) WITH (autovacuum_enabled = false); CREATE INDEX t_id ON t (id);
            INSERT INTO t SELECT g, repeat('x', 100) FROM generate_series(1, 60000) g;
            CREATE TABLE tight (id int, filler text) WITH (autovacuum_enabled = false); INSERT INTO tight SELECT g, repeat('x', 100) FROM generate_series(1, 60000) g;
            DELETE FROM t WHERE id % 10 <> 0; VACUUM ANALYZE t; VACUUM ANALYZE tight
            """);
        var snapshot = await Observed.OnceAsync(database.Url);
        snapshot.Value("lockkeeper_table_bloat_ratio", ("relname", "t"))!.Value.ShouldBe(0.9, 0.05);
        snapshot.Value("lockkeeper_index_bloat_ratio", ("indexrelname", "t_id"))!.Value.ShouldBe(0.9, 0.05);
        (snapshot.Value("lockkeeper_table_bloat_ratio", ("relname", "tight")) ?? 0).ShouldBeLessThan(0.1);
    }

    [Fact]
    public async Task a_slot_that_nobody_reads_says_what_it_keeps()
    {
        await using var database = await CreateAsync(15);
        var slot = database.Name + "_slot";
        await database.ExecuteAsync($"SELECT pg_create_physical_replication_slot('{slot}', true)");
        try
        {
            await database.ExecuteAsync("CREATE TABLE t AS SELECT generate_series(1, 1000)");
            var snapshot = await Observed.OnceAsync(database.Url);
            snapshot.Value("pg_replication_slots_active", ("slot_name", slot)).ShouldBe(0);
            snapshot.Value("pg_replication_slots_pg_wal_lsn_diff", ("slot_name", slot))!.Value.ShouldBeGreaterThan(10_000);
            snapshot.Value("pg_replication_slots_wal_status", ("slot_name", slot), ("wal_status", "reserved")).ShouldBe(1);
            snapshot.Value("lockkeeper_slots_inactive")!.Value.ShouldBeGreaterThanOrEqualTo(1);
        }
        finally
        {
            await database.ExecuteAsync($"SELECT pg_drop_replication_slot('{slot}')");
        }
    }

    [Fact]
    public async Task counters_begin_anew_after_a_reset_and_the_moment_of_it_is_there()
    {
        await using var database = await CreateAsync(15);
        await database.ExecuteAsync("CREATE TABLE t AS SELECT generate_series(1, 500) AS id; SELECT pg_stat_force_next_flush()");
        await using var observed = new Observed(database.Url);
        var before = await observed.ScrapeAsync();
        await database.ExecuteAsync("SELECT pg_stat_reset()");
        var after = await observed.ScrapeAsync();
        (string, string)[] of = [("datname", database.Name)];
        before.Value("pg_stat_database_tup_inserted", of)!.Value.ShouldBeGreaterThanOrEqualTo(500);
        after.Value("pg_stat_database_tup_inserted", of)!.Value.ShouldBeLessThan(500);
        before.SamplesOf("pg_stat_database_tup_inserted").First().Metric.Kind.ShouldBe(MetricKind.Counter);
        after.Value("pg_stat_database_stats_reset", of)!.Value.ShouldBeGreaterThan(before.Value("pg_stat_database_stats_reset", of) ?? 0);
    }

    [Fact]
    public async Task settings_are_in_base_units()
    {
        await using var database = await CreateAsync(15);
        var snapshot = await Observed.OnceAsync(database.Url);
        snapshot.Value("pg_settings_max_connections").ShouldBe(300);
        snapshot.Value("pg_settings_fsync").ShouldBe(0);
        snapshot.Value("pg_settings_shared_buffers_bytes").ShouldBe(double.Parse((await database.ScalarAsync("SELECT pg_size_bytes(current_setting('shared_buffers'))"))!));
        snapshot.Value("pg_settings_checkpoint_timeout_seconds").ShouldBe(300);
        snapshot.Find("pg_settings_statement_timeout_seconds").ShouldBeEmpty("the limit of our own session is not the server's");
    }

    private static async Task<TestDatabase> CreateAsync(int version) => await TestDatabase.CreateAsync(cluster: await ServerAsync(version));

    private static Task<SandboxCluster> ServerAsync(int version) => version == 15 ? TestCluster.SharedAsync() : LabCluster.SharedAsync();

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}
