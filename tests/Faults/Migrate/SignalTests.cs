using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>Ctrl-C and SIGTERM: the running statement is cancelled, nothing of it stays, and the lease is given back.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task a_signal_in_the_middle_of_a_migration_rolls_it_back_and_frees_the_lease(string signal)
    {
        await using var project = await Held.ProjectAsync();
        project.Migration("0001_held", Held.Migration);
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        await Signals.SendAsync(signal, lk.Id);
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK1001: ");
        result.Errors.ShouldContain("HINT: ");
        result.Output.ShouldContain("nothing of this run is in place");
        (await project.HistoryAsync("dev")).ShouldBe("");
        (await project["dev"].TablesAsync("before", "after")).ShouldBe("before:f after:f");
        (await project["dev"].ScalarAsync("SELECT held::text FROM lockkeeper.lease")).ShouldBe("false");

        await project["dev"].LetGoAsync();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task with_on_failure_rollback_an_interrupted_run_is_undone_as_a_whole()
    {
        await using var project = await Held.ProjectAsync();
        project.Configure("dev", "on_failure: rollback").Migration("0001_first", "CREATE TABLE first (id int);", "DROP TABLE first;").Migration("0002_held", Held.Migration, "DROP TABLE before, after;");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        lk.Interrupt();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 rolled_back");
        (await project["dev"].TablesAsync("first", "before")).ShouldBe("first:f before:f");
    }

    [Fact]
    public async Task a_signal_while_waiting_for_another_runner_ends_the_wait_only()
    {
        await using var project = await Held.ProjectAsync();
        project.Migration("0001_held", Held.Migration);
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", first);
        await using var second = await project.StartAsync("migrate", "apply", "--env", "dev");
        await second.WaitForTextAsync("is being changed by anna");
        second.Interrupt();
        var interrupted = await second.WaitAsync();
        interrupted.ExitCode.ShouldBe(3, interrupted.ToString());
        interrupted.Errors.ShouldContain("LK1001: ");
        interrupted.Errors.ShouldContain("HINT: ");
        await project["dev"].LetGoAsync();
        (await first.WaitAsync()).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task a_time_limit_that_ends_a_migration_is_called_so()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", "CREATE TABLE orders (id int);").Migration("0002_slow", "CREATE TABLE slow (id int);\nSELECT pg_sleep(600);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev", "--timeout", "5s");
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain("LK1002: 'migrate apply' did not end within 5 s: migrations/0002_slow.up.sql was cancelled while it ran");
        result.Errors.ShouldContain("HINT: Give a longer --timeout");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname = 'slow'")).ShouldBe("0");
    }

    [Fact]
    public async Task a_signal_while_an_index_is_built_says_that_a_part_is_left_and_the_next_run_finishes_it()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int)");
        project.Migration("0001_index", "CREATE INDEX CONCURRENTLY orders_id ON orders (id);");
        await using var writer = await project["dev"].OpenAsync();
        await using var open = await writer.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var insert = new Npgsql.NpgsqlCommand("INSERT INTO orders VALUES (1)", writer))
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("CREATE INDEX CONCURRENTLY", lk);
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('orders_id') AND NOT indisvalid)");
        lk.Interrupt();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain("LK1001: ");
        result.Output.ShouldContain("0001 (partly)");
        await open.CommitAsync(TestContext.Current.CancellationToken);

        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_id'::regclass")).ShouldBe("true");
    }

    [Fact]
    public async Task a_statement_outside_a_transaction_that_the_server_refuses_leaves_no_intent()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_index", "CREATE INDEX CONCURRENTLY orders_id ON nothere (id);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK3060: ");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
        (await project.RunAsync("migrate", "status")).Output.ShouldNotContain("interrupted");
    }

    [Fact]
    public async Task a_signal_while_a_gate_runs_ends_the_gate_and_the_next_run_repeats_it()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "gates: [ { name: tests, run: \"echo $$ >> gate; [ ! -e wait ] || sleep 600\" } ]");
        project.Migration("0001_orders", "CREATE TABLE orders (id int);").File("wait", "");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        var file = Path.Combine(project.Folder, "gate");
        await Eventually.TrueAsync(() => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'), "the gate's start");
        lk.Interrupt();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain("LK1001: ");
        await ProcessState.GoneAsync(int.Parse((await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))[0]));

        project.Remove("wait");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Length.ShouldBe(2);
        (await project["dev"].ScalarAsync("SELECT outcome FROM lockkeeper.releases")).ShouldBe("passed");
    }
}
