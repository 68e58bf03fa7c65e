using Lockkeeper.Tests.TestKit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A lock that somebody else holds: bounded tries, and the one in the way is named.</summary>
public sealed class LockTests
{
    private static async Task<(LkProject Project, NpgsqlConnection Holder, NpgsqlTransaction Open)> HeldAsync(string settings)
    {
        var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int); CREATE TABLE untouched (id int)");
        project.DatabaseSettings = settings;
        var holder = await project["dev"].OpenAsync();
        var open = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var select = new NpgsqlCommand("SELECT count(*) FROM orders /* report */", holder);
        await select.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        return (project, holder, open);
    }

    [Fact]
    public async Task after_its_tries_it_gives_up_names_who_is_in_the_way_and_leaves_nothing()
    {
        var (project, holder, open) = await HeldAsync("lock_timeout: 200ms\nlock_retries: 2");
        await using var ends = project;
        await using var closes = holder;
        project.Migration("0001_column", "CREATE TABLE made (id int);\nALTER TABLE orders ADD COLUMN a int;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK3061: ");
        result.Errors.ShouldContain("3 tries of 200 ms each");
        result.Errors.ShouldContain("migrations/0001_column.up.sql:2:1");
        result.Errors.ShouldContain("try 2 of 3 follows");
        result.Errors.ShouldContain("try 3 of 3 follows");
        result.Errors.ShouldContain($"HELD BY: pid {holder.ProcessID}, postgres, idle in transaction");
        result.Errors.ShouldContain("SELECT count(*) FROM orders /* report */");
        result.Errors.ShouldContain("HINT: ");
        (await project["dev"].TablesAsync("made")).ShouldBe("made:f");
        (await project.HistoryAsync("dev")).ShouldBe("");

        await open.RollbackAsync(TestContext.Current.CancellationToken);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_lock_that_is_given_back_between_two_tries_is_taken()
    {
        var (project, holder, open) = await HeldAsync("lock_timeout: 300ms\nlock_retries: 50");
        await using var ends = project;
        await using var closes = holder;
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await lk.WaitForTextAsync("try 2 of 51 follows");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task nobody_queues_behind_a_migration_for_longer_than_the_lock_timeout()
    {
        var (project, holder, open) = await HeldAsync("lock_timeout: 200ms\nlock_retries: 50");
        await using var ends = project;
        await using var closes = holder;
        project.Migration("0001_column", "ALTER TABLE orders ADD COLUMN a int;");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await lk.WaitForTextAsync("try 3 of 51 follows");
        // With the holder still there, others read the table although the migration wants it for itself.
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("0");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        (await lk.WaitAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_lock_in_a_file_without_a_transaction_is_tried_again_at_its_statement()
    {
        var (project, holder, open) = await HeldAsync("lock_timeout: 200ms\nlock_retries: 50");
        await using var ends = project;
        await using var closes = holder;
        project.Migration("0001_column", "-- lk: no-transaction\nINSERT INTO untouched VALUES (1);\nALTER TABLE orders ADD COLUMN a int;\nINSERT INTO untouched VALUES (2);");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await lk.WaitForTextAsync("try 2 of 51 follows");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(id::text, ',' ORDER BY id) FROM untouched")).ShouldBe("1,2");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
    }

    [Fact]
    public async Task a_deadlock_is_tried_again()
    {
        await using var project = await Held.ProjectAsync();
        await project["dev"].ExecuteAsync("CREATE TABLE a (id int); CREATE TABLE b (id int)");
        project.DatabaseSettings = "lock_timeout: 20s\nlock_retries: 3";
        project.Migration("0001_both", $"LOCK TABLE a;\n{Held.Wait}\nLOCK TABLE b;\nINSERT INTO a VALUES (1);");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        await using var other = await project["dev"].OpenAsync();
        await using var open = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        // It never looks for a deadlock itself, so the migration is the one that is ended.
        foreach (var sql in new[] { "SET deadlock_timeout = '1h'", "LOCK TABLE b" })
        {
            await using var command = new NpgsqlCommand(sql, other);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var wanted = new NpgsqlCommand("LOCK TABLE a", other);
        var waiting = wanted.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'a'::regclass)");
        await project["dev"].LetGoAsync();
        await waiting;
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain("try 2 of 4 follows");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM a")).ShouldBe("1");
    }
}
