using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>kill -9 of lk: the next run needs no help, and does not wait until the lease has expired when it can see that the holder is gone.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task what_the_server_finishes_after_the_kill_counts_once()
    {
        await using var project = await Held.ProjectAsync();
        project.Migration("0001_held", Held.Migration).Migration("0002_next", "CREATE TABLE next (id int);");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        // While the migration holds the lease's row its time cannot be changed: only the row's lock keeps others out.
        lk.Kill();
        await lk.WaitAsync();
        await using var next = await project.StartAsync("migrate", "apply", "--env", "dev");
        // It has come as far as the lease when it talks to the server twice.
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%lk:leases.%' OR query = 'ROLLBACK' AND datname = current_database())");
        (await project["dev"].TablesAsync("next")).ShouldBe("next:f");
        await project["dev"].LetGoAsync();
        var result = await next.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
        (await project["dev"].TablesAsync("before", "after", "next")).ShouldBe("before:t after:t next:t");
    }

    [Fact]
    public async Task a_script_that_was_not_sent_to_its_end_is_rolled_back_and_run_again()
    {
        await using var project = await Held.ProjectAsync();
        project.Migration("0001_held", $"CREATE TABLE before (id int);\n{Held.Wait}\n{string.Concat(Enumerable.Range(1, 700).Select(n => $"CREATE TABLE t{n} (id int);\n"))}");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        lk.Kill();
        await lk.WaitAsync();
        await project["dev"].LetGoAsync();
        await project["dev"].UntilAsync("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())");
        (await project["dev"].TablesAsync("before", "t1")).ShouldBe("before:f t1:f");
        await project["dev"].WithoutExpiryAsync();
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].TablesAsync("before", "t1", "t700")).ShouldBe("before:t t1:t t700:t");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task an_index_that_was_being_built_ends_up_valid_and_recorded_once(bool backendSurvives)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int); CREATE TABLE log (line text)");
        project.Migration("0001_index", "-- lk: no-transaction\nINSERT INTO log VALUES ('one');\nCREATE INDEX CONCURRENTLY orders_id ON orders (id);\nINSERT INTO log VALUES ('three');");
        await using var writer = await project["dev"].OpenAsync();
        await using var open = await writer.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var insert = new NpgsqlCommand("INSERT INTO orders VALUES (1)", writer))
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        var pid = await project["dev"].RunningAsync("CREATE INDEX CONCURRENTLY", lk);
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('orders_id') AND NOT indisvalid)");
        await project["dev"].WithoutExpiryAsync();
        lk.Kill();
        await lk.WaitAsync();
        if (!backendSurvives)
        {
            await project["dev"].ScalarAsync($"SELECT pg_terminate_backend({pid})::text");
            await project["dev"].UntilAsync($"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {pid})");
        }

        await using var next = await project.StartAsync("migrate", "apply", "--env", "dev");
        // The new run has the lease and waits: for the surviving backend, or for the writer itself.
        await project["dev"].UntilAsync("SELECT (SELECT epoch FROM lockkeeper.lease) = 2");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var result = await next.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain(backendSurvives ? "was finished by a run that died; taken as done" : "dropped the invalid index orders_id");
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_id'::regclass")).ShouldBe("true");
        (await project["dev"].ScalarAsync("SELECT string_agg(line, ',' ORDER BY line) FROM log")).ShouldBe("one,three");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_index WHERE indrelid = 'orders'::regclass")).ShouldBe("1");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task a_kill_while_a_gate_runs_is_made_good_by_the_next_run()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "gates: [ { name: tests, run: \"echo $$ >> gate; [ ! -e wait ] || exec sleep 600\" } ]");
        project.Migration("0001_orders", "CREATE TABLE orders (id int);").File("wait", "");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        var file = Path.Combine(project.Folder, "gate");
        await Eventually.TrueAsync(() => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'), "the gate's start");
        await project["dev"].WithoutExpiryAsync();
        lk.Kill();
        await lk.WaitAsync();
        await Signals.SendAsync("KILL", int.Parse((await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))[0]));

        project.Remove("wait");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].ScalarAsync("SELECT outcome FROM lockkeeper.releases")).ShouldBe("passed");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_kill_anywhere_leaves_a_state_that_the_next_run_finishes()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE log (line text)");
        for (var n = 1; n <= 12; n++)
        {
            project.Migration(
                $"{n:0000}_step",
                n % 3 == 0 ? $"-- lk: no-transaction\nCREATE INDEX CONCURRENTLY t{n - 1}_id ON t{n - 1} (id);\nINSERT INTO log VALUES ('{n}');" : $"CREATE TABLE t{n} (id int);\nSELECT pg_sleep(0.02);\nINSERT INTO log VALUES ('{n}');");
        }

        LkResult? last = null;
        for (var run = 0; run < 40 && last?.ExitCode != 0; run++)
        {
            await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
            // Ever later, so that each kill falls into another place; the last runs are left alone.
            if (run < 14)
            {
                await Task.Delay(250 + 90 * run, TestContext.Current.CancellationToken);
                lk.Kill();
            }

            last = await lk.WaitAsync();
        }

        last.ShouldNotBeNull().ExitCode.ShouldBe(0, last.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(line, ',' ORDER BY line::int) FROM log")).ShouldBe("1,2,3,4,5,6,7,8,9,10,11,12");
        (await project["dev"].ScalarAsync("SELECT string_agg(id, ',' ORDER BY id) || ' ' || string_agg(DISTINCT outcome, ',') FROM lockkeeper.migrations"))
            .ShouldBe(string.Join(',', Enumerable.Range(1, 12).Select(n => $"{n:0000}")) + " applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_index WHERE NOT indisvalid")).ShouldBe("0");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
    }
}
