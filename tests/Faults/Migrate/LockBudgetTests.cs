using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A migration that makes others wait, or waits itself with others behind it: it gives its locks up within the budget, and what was seen is recorded.</summary>
public sealed class LockBudgetTests
{
    private const string Budget = "lock_timeout: 1h\nlock_retries: 50\nlocks: { max_waiting: 5, for: 100ms }";

    private static async Task<LkProject> ProjectAsync(string settings)
    {
        var project = await Held.ProjectAsync();
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int)");
        project.DatabaseSettings = settings;
        return project;
    }

    /// <summary>A reader that has the table until the test lets it go.</summary>
    private static async Task<(NpgsqlConnection Connection, NpgsqlTransaction Open)> ReaderAsync(TestDatabase database, string sql = "SELECT count(*) FROM orders /* report */")
    {
        var connection = await database.OpenAsync();
        var open = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return (connection, open);
    }

    /// <summary>Sessions of an application that read the table once; each ends when it has had its turn.</summary>
    private static Task[] Sessions(TestDatabase database, int count) => [.. Enumerable.Range(0, count).Select(_ => database.ScalarAsync("SELECT count(*) FROM orders /* app */"))];

    [Fact]
    public async Task a_queue_behind_a_waiting_migration_goes_on_while_the_reader_in_front_stays()
    {
        await using var project = await ProjectAsync(Budget);
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        var (reader, open) = await ReaderAsync(project["dev"]);
        await using var closes = reader;
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass AND mode = 'AccessExclusiveLock')");
        // Nothing but the budget lets them through: the lock time limit is an hour, and the reader stays until they are done.
        await Task.WhenAll(Sessions(project["dev"], 30));
        await lk.WaitForTextAsync("try 2 of 51 follows");
        lk.Errors.ShouldContain("more than 5 sessions waited behind it for 100 ms");
        lk.Errors.ShouldContain($"held by pid {reader.ProcessID}, postgres, idle in transaction, has ACCESS SHARE on orders");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'a'")).ShouldBe("1");
    }

    [Fact]
    public async Task a_migration_that_works_under_its_lock_gives_it_back_and_ends_with_the_reason()
    {
        await using var project = await ProjectAsync("lock_retries: 0\nlocks: { max_waiting: 2, for: 100ms }");
        project.Migration("0001_work", $"CREATE TABLE made (id int);\nLOCK TABLE orders;\n{Held.Wait}");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        await Task.WhenAll(Sessions(project["dev"], 8));
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK3160: ");
        result.Errors.ShouldContain("migrations/0001_work.up.sql:3:1");
        result.Errors.ShouldContain("more than 2 sessions waited behind it for 100 ms");
        result.Errors.ShouldContain("SELECT count(*) FROM orders /* app */");
        (await project["dev"].TablesAsync("made")).ShouldBe("made:f");
        var entry = await StepAsync(project, "step.failed");
        entry["locks"]!["missed"]![0]!["why"]!.GetValue<string>().ShouldContain("more than 2 sessions");
        entry["locks"]!["most_waiting"]!.GetValue<int>().ShouldBeGreaterThan(2);
        entry["locks"]!["waiting"]![0]!.GetValue<string>().ShouldContain("FROM orders /* app */");
        entry["locks"]!["held"]![0]!["mode"]!.GetValue<string>().ShouldBe("ACCESS EXCLUSIVE");
    }

    [Fact]
    public async Task it_holds_for_migrations_that_were_sent_together()
    {
        await using var project = await ProjectAsync(Budget);
        project.Migration("0001_first", "CREATE TABLE first (id int);").Migration("0002_column", "ALTER TABLE orders ADD COLUMN a int;").Migration("0003_last", "CREATE TABLE last (id int);");
        var (reader, open) = await ReaderAsync(project["dev"]);
        await using var closes = reader;
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass AND mode = 'AccessExclusiveLock')");
        await Task.WhenAll(Sessions(project["dev"], 30));
        (await project["dev"].TablesAsync("first", "last")).ShouldBe("first:t last:f");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied, 0003 applied");
    }

    [Fact]
    public async Task it_holds_for_a_file_without_a_transaction_and_an_index_that_was_given_up_is_built_anew()
    {
        await using var project = await ProjectAsync(Budget);
        project.Migration("0001_index", "-- lk: no-transaction\nCREATE INDEX CONCURRENTLY orders_id ON orders (id);\nALTER TABLE orders ADD COLUMN a int;");
        // The build waits for the writer, and those that change the schema behind the build.
        var (writer, open) = await ReaderAsync(project["dev"], "INSERT INTO orders VALUES (1)");
        await using var closes = writer;
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("CREATE INDEX CONCURRENTLY", lk);
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'virtualxid')");
        var others = Enumerable.Range(0, 8).Select(_ => project["dev"].ExecuteAsync("DO $$ BEGIN LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE; END $$")).ToArray();
        // They get their turns while the writer that the build waits for stays.
        await Task.WhenAll(others);
        await lk.WaitForTextAsync("try 2 of 51 follows");
        lk.Errors.ShouldContain("more than 5 sessions waited behind it");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_id'::regclass")).ShouldBe("true");
    }

    [Fact]
    public async Task it_holds_through_a_pooler_and_cancels_nobody_elses_statement()
    {
        await using var project = await ProjectAsync(Budget);
        await using var pooler = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), new Dictionary<string, string> { ["default_pool_size"] = "6" });
        project.PointTo("dev", pooler.Url(project["dev"].Name));
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        var (reader, open) = await ReaderAsync(project["dev"]);
        await using var closes = reader;
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass AND mode = 'AccessExclusiveLock')");
        await Task.WhenAll(Sessions(project["dev"], 30));
        await lk.WaitForTextAsync("try 2 of 51 follows");
        lk.Errors.ShouldContain("more than 5 sessions waited behind it for 100 ms");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
    }

    [Fact]
    public async Task what_was_held_and_who_waited_stands_in_report_and_ledger()
    {
        await using var project = await ProjectAsync("locks: { max_waiting: 100 }");
        project.Migration("0001_work", $"LOCK TABLE orders;\nCREATE TABLE made (id int);\n{Held.Wait}");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev", "--json");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        var sessions = Sessions(project["dev"], 3);
        await project["dev"].UntilAsync("SELECT count(*) = 3 FROM pg_locks WHERE NOT granted AND relation = 'orders'::regclass");
        // Seen by at least one look that began after they were there.
        var looks = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '/* lk:migrate.lock_watch%' AND query_start > (SELECT max(waitstart) FROM pg_locks WHERE NOT granted)";
        await project["dev"].UntilAsync($"SELECT ({looks}) > 0");
        await project["dev"].LetGoAsync();
        await Task.WhenAll(sessions);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        var record = JsonNode.Parse(result.Output)!["data"]?["databases"]?[0]?["steps"]![0]!["lock_record"] ?? JsonNode.Parse(result.Output)!["databases"]![0]!["steps"]![0]!["lock_record"]!;
        record["most_waiting"]!.GetValue<int>().ShouldBe(3);
        record["words"]!.GetValue<string>().ShouldStartWith("held ACCESS EXCLUSIVE on orders for ");
        record["words"]!.GetValue<string>().ShouldContain("at most 3 sessions waited, longest ");
        record["held"]!.AsArray().Count.ShouldBe(1);
        record["held"]![0]!["held_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
        var entry = await StepAsync(project, "step.done");
        entry["locks"]!["most_waiting"]!.GetValue<int>().ShouldBe(3);
        entry["locks"]!["held"]![0]!["relation"]!.GetValue<string>().ShouldBe("orders");
        (await project.RunAsync("ledger", "show")).Output.ShouldContain("held ACCESS EXCLUSIVE on orders for ");
    }

    [Fact]
    public async Task a_short_migration_tells_what_it_held_without_being_watched()
    {
        await using var project = await ProjectAsync("");
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("held ACCESS EXCLUSIVE on orders for ");
    }

    [Fact]
    public async Task a_secret_in_somebody_elses_query_is_not_shown()
    {
        await using var project = await ProjectAsync("lock_timeout: 300ms\nlock_retries: 3");
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        var (reader, _) = await ReaderAsync(project["dev"], "DO $$ BEGIN LOCK TABLE orders; /* ALTER ROLE app PASSWORD 'hunter2' */ END $$");
        await using var closes = reader;
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("ALTER ROLE app PASSWORD …");
        (result.Errors + result.Output + (await project.RunAsync("ledger", "show", "--json")).Output).ShouldNotContain("hunter2");
    }

    private static async Task<JsonNode> StepAsync(LkProject project, string kind)
    {
        var shown = await project.JsonAsync("ledger", "show");
        var entries = (shown["data"] ?? shown)["entries"]!.AsArray();
        return entries.Single(entry => entry!["kind"]!.GetValue<string>() == kind)!["body"]!;
    }
}
