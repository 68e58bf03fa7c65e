using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>Statements that no transaction covers, killed in their middle: the next run decides from the catalog, and says what it found.</summary>
public sealed class RecoveryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task an_index_without_a_name_is_built_once(bool backendSurvives)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int); CREATE INDEX ON orders (id)");
        project.Migration("0001_index", "-- lk: no-transaction\nCREATE INDEX CONCURRENTLY ON orders (id);");
        await using var interrupted = await Interrupted.BehindAsync(project, "LOCK TABLE orders IN ROW EXCLUSIVE MODE", "CREATE INDEX CONCURRENTLY", backendSurvives,
            "SELECT EXISTS (SELECT FROM pg_index WHERE indrelid = 'orders'::regclass AND NOT indisvalid)");
        var result = await interrupted.GoOnAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain(backendSurvives ? "statement 1 was finished by a run that died; taken as done" : "dropped the invalid index of orders that a build which died had left");
        (await project["dev"].ScalarAsync("SELECT string_agg(indexrelid::regclass || ':' || indisvalid, ' ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = 'orders'::regclass"))
            .ShouldBe("orders_id_idx:true orders_id_idx1:true");
        await interrupted.RequireRecordedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_partition_that_is_half_detached_is_detached_to_the_end(bool backendSurvives)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE log (day int) PARTITION BY RANGE (day); CREATE TABLE \"log 1\" PARTITION OF log FOR VALUES FROM (1) TO (2); INSERT INTO log VALUES (1)");
        project.Migration("0001_detach", "-- lk: no-transaction\nALTER TABLE log DETACH PARTITION \"log 1\" CONCURRENTLY;\nCREATE TABLE after (id int);");
        await using var interrupted = await Interrupted.BehindAsync(project, "SELECT count(*) FROM log", "ALTER TABLE log DETACH", backendSurvives, "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhdetachpending)");
        var result = await interrupted.GoOnAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain(backendSurvives ? "taken as done" : "finished the detachment of \"log 1\"");
        (await project["dev"].ScalarAsync("SELECT concat((SELECT count(*) FROM pg_inherits), (SELECT count(*) FROM log), (SELECT count(*) FROM \"log 1\"))")).ShouldBe("001");
        await interrupted.RequireRecordedAsync();
    }

    [Fact]
    public async Task an_index_whose_drop_was_interrupted_is_dropped()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int); CREATE INDEX orders_id ON orders (id)");
        project.Migration("0001_index", "-- lk: no-transaction\nDROP INDEX CONCURRENTLY orders_id;");
        await using var interrupted = await Interrupted.BehindAsync(project, "SELECT count(*) FROM orders", "DROP INDEX CONCURRENTLY", backendSurvives: false, "SELECT EXISTS (SELECT FROM pg_index WHERE indrelid = 'orders'::regclass AND NOT indisvalid)");
        var result = await interrupted.GoOnAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_index WHERE indrelid = 'orders'::regclass")).ShouldBe("0");
        await interrupted.RequireRecordedAsync();
    }

    [Fact]
    public async Task a_rebuild_that_was_interrupted_leaves_no_copies()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int); CREATE INDEX orders_id ON orders (id)");
        project.Migration("0001_rebuild", "-- lk: no-transaction\nREINDEX SCHEMA CONCURRENTLY public;");
        await using var interrupted = await Interrupted.BehindAsync(project, "LOCK TABLE orders IN ROW EXCLUSIVE MODE", "REINDEX SCHEMA", backendSurvives: false, "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'orders_id_ccnew')");
        var result = await interrupted.GoOnAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain("dropped an invalid copy that a REINDEX which died had left");
        (await project["dev"].ScalarAsync("SELECT string_agg(indexrelid::regclass || ':' || indisvalid, ' ') FROM pg_index WHERE indrelid = 'orders'::regclass")).ShouldBe("orders_id:true");
        await interrupted.RequireRecordedAsync();
    }

    [Fact]
    public async Task a_block_that_commits_runs_again_and_that_is_said()
    {
        await using var project = await Held.ProjectAsync();
        await project["dev"].ExecuteAsync("CREATE TABLE counted (n int)");
        project.Migration("0001_block", "DO $$ BEGIN INSERT INTO counted VALUES (1) ; COMMIT; WHILE EXISTS (SELECT FROM hold) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        var pid = await project["dev"].RunningAsync("DO $$ BEGIN INSERT", lk);
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM counted)");
        lk.Kill();
        await lk.WaitAsync();
        await project["dev"].ScalarAsync($"SELECT pg_terminate_backend({pid}, 30000)::text");
        await project["dev"].LetGoAsync();
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain("0001: statement 1 was sent by a run that died, and nothing tells whether it was done: it is run again from its start");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM counted")).ShouldBe("2");
    }

    [Fact]
    public async Task a_runner_with_another_role_that_was_paused_before_its_statement_cannot_send_it_later()
    {
        // Another role may not ask for the fence in the statement's own message, as LateStatementTests has it: the session's end stops it.
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int)");
        project.Migration("0001_index", "-- lk: no-transaction\nSET ROLE postgres;\nCREATE INDEX CONCURRENTLY ON orders (id);");
        await using var proxy = new TcpProxy(new UriBuilder(project["dev"].Url).Port);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.OnClientBytes = bytes =>
        {
            // The statement itself is kept back, as if the runner stood still before it.
            if (bytes.Span.IndexOf("CREATE INDEX CONCURRENTLY"u8) >= 0 && bytes.Span.IndexOf("lk:migrate"u8) < 0)
            {
                proxy.Pause();
                held.TrySetResult();
            }
        };
        var direct = project["dev"].Url;
        project.PointTo("dev", proxy.Through(direct));
        await using var paused = await project.StartAsync("migrate", "apply", "--env", "dev");
        await held.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        paused.Stop();
        await project["dev"].ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 0");
        proxy.OnClientBytes = null;
        project.PointTo("dev", direct);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        proxy.Resume();
        paused.Continue();
        (await paused.WaitAsync()).ExitCode.ShouldNotBe(0);
        (await project["dev"].ScalarAsync("SELECT string_agg(indexrelid::regclass || ':' || indisvalid, ' ') FROM pg_index WHERE indrelid = 'orders'::regclass")).ShouldBe("orders_id_idx:true");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }
}
