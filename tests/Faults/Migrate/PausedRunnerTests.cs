using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A runner that sleeps past its lease and wakes up after another one took over: the fence stops it.</summary>
public sealed class PausedRunnerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task between_two_statements_it_is_stopped_and_nothing_runs_twice(bool pooled)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var bouncer = pooled ? await PgBouncer.StartAsync(await TestCluster.SharedAsync()) : null;
        if (bouncer is not null)
            project.PointTo("dev", bouncer.Url(project["dev"].Name));
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int); CREATE TABLE log (line text)");
        project.Migration("0001_index", "-- lk: no-transaction\nINSERT INTO log VALUES ('one');\nCREATE INDEX CONCURRENTLY orders_id ON orders (id);\nINSERT INTO log VALUES ('three');");
        await using var writer = await project["dev"].OpenAsync();
        await using var open = await writer.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var insert = new NpgsqlCommand("INSERT INTO orders VALUES (1)", writer))
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("CREATE INDEX CONCURRENTLY", first);
        first.Stop();
        // As after fifteen seconds without a sign of life.
        await project["dev"].ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 0");
        await using var second = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].UntilAsync("SELECT (SELECT epoch FROM lockkeeper.lease) = 2");
        await open.CommitAsync(TestContext.Current.CancellationToken);
        var done = await second.WaitAsync();
        done.ExitCode.ShouldBe(0, done.ToString());

        first.Continue();
        var stopped = await first.WaitAsync();
        stopped.ExitCode.ShouldBe(4, stopped.ToString());
        stopped.Errors.ShouldContain("LK3069: ");
        stopped.Errors.ShouldContain("HINT: ");
        (await project["dev"].ScalarAsync("SELECT string_agg(line, ',' ORDER BY line) FROM log")).ShouldBe("one,three");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_index WHERE indrelid = 'orders'::regclass AND indisvalid")).ShouldBe("1");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].ScalarAsync("SELECT outcome FROM lockkeeper.releases")).ShouldBe("passed");
    }

    [Fact]
    public async Task during_its_gates_it_is_stopped_and_does_not_touch_the_record_of_the_other()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "on_failure: rollback").Configure("dev", "gates: [ { name: tests, run: \"echo $LK_RUN >> gate; while [ -e wait ]; do sleep 0.05; done\" } ]");
        project.Migration("0001_orders", "CREATE TABLE orders (id int);", "DROP TABLE orders;").File("wait", "");
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        var file = Path.Combine(project.Folder, "gate");
        await Eventually.TrueAsync(() => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'), "the gate's start");
        first.Stop();
        await project["dev"].ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 0");
        project.Remove("wait");
        var done = await project.RunAsAsync("bob", "migrate", "apply", "--env", "dev");
        done.ExitCode.ShouldBe(0, done.ToString());
        var release = await project["dev"].ScalarAsync("SELECT outcome || ' ' || run FROM lockkeeper.releases");

        first.Continue();
        var stopped = await first.WaitAsync();
        stopped.ExitCode.ShouldBe(4, stopped.ToString());
        stopped.Errors.ShouldContain("LK3069: ");
        // Its way back is fenced, too: the other runner's release stays.
        (await project["dev"].TablesAsync("orders")).ShouldBe("orders:t");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].ScalarAsync("SELECT outcome || ' ' || run FROM lockkeeper.releases")).ShouldBe(release);
        release.ShouldNotBeNull().ShouldStartWith("passed ");
    }

    [Fact]
    public async Task inside_a_transaction_it_keeps_others_out_until_it_wakes_up()
    {
        await using var project = await Held.ProjectAsync();
        project.Migration("0001_held", Held.Migration);
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", first);
        first.Stop();
        await project["dev"].ExecuteAsync("UPDATE lockkeeper.heartbeat SET at = '-infinity'");
        var refused = await project.RunAsAsync("bob", "migrate", "apply", "--env", "dev", "--lock-timeout", "1s");
        refused.ExitCode.ShouldBe(3, refused.ToString());
        refused.Errors.ShouldContain("LK2012: ");
        await project["dev"].LetGoAsync();
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM lockkeeper.migrations)");
        var second = await project.RunAsAsync("bob", "migrate", "apply", "--env", "dev");
        second.ExitCode.ShouldBe(0, second.ToString());
        first.Continue();
        var stopped = await first.WaitAsync();
        // The transaction was committed before the lease went over; what comes after it is the other runner's.
        stopped.ExitCode.ShouldBe(4, stopped.ToString());
        stopped.Errors.ShouldContain("LK3069: ");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].TablesAsync("before", "after")).ShouldBe("before:t after:t");
    }
}
