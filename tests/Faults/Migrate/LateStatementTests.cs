using System.Text;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A statement outside of transactions that reaches the server after another runner has taken over: its runner slept with it in its hands, or the network did.</summary>
public sealed class LateStatementTests
{
    private const string Index = "CREATE INDEX CONCURRENTLY ON orders (id);";
    private const string Block = "DO $$ BEGIN INSERT INTO log VALUES ('block'); COMMIT; END $$;";

    [Theory]
    [InlineData(Index, true)]
    [InlineData(Index, false)]
    [InlineData(Block, true)]
    [InlineData(Block, false)]
    public async Task it_is_not_carried_out(string statement, bool pooled)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int); CREATE TABLE log (line text)");
        project.Migration("0001_late", $"-- lk: no-transaction\n{statement}");
        var late = await LateAsync(project, pooled, statement[..^1]);
        late.Errors.ShouldContain("LK3069: ");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_index WHERE indrelid = 'orders'::regclass")).ShouldBe(statement == Index ? "1" : "0");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM log")).ShouldBe(statement == Block ? "1" : "0");
        await RequireRecordedAsync(project);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task what_was_to_be_cleared_away_is_left_to_the_runner_that_took_over(bool pooled)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (1)");
        project.Migration("0001_late", "CREATE UNIQUE INDEX CONCURRENTLY orders_id ON orders (id);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(4);
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_id'::regclass")).ShouldBe("false");
        await project["dev"].ExecuteAsync("DELETE FROM orders WHERE ctid = '(0,1)'");

        var late = await LateAsync(project, pooled, "DROP INDEX CONCURRENTLY IF EXISTS");
        late.Errors.ShouldContain("LK3069: ");
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 'orders_id'::regclass")).ShouldBe("true");
        await RequireRecordedAsync(project);
    }

    /// <summary>Runs apply, holds back the message with a text, lets a second run take over and finish, and lets the message go on; answers how the first one ended.</summary>
    private static async Task<LkResult> LateAsync(LkProject project, bool pooled, string text)
    {
        var server = await TestCluster.SharedAsync();
        await using var bouncer = pooled ? await PgBouncer.StartAsync(server) : null;
        var url = bouncer?.Url(project["dev"].Name) ?? project["dev"].Url;
        await using var proxy = new TcpProxy(bouncer?.Port ?? server.Port);
        var needle = Encoding.UTF8.GetBytes(text);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        proxy.OnClientBytes = bytes =>
        {
            if (bytes.Span.IndexOf(needle) >= 0 && reached.TrySetResult())
                goOn.Wait();
        };
        project.PointTo("dev", proxy.Through(url));
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        try
        {
            var ended = first.WaitAsync();
            (await Task.WhenAny(reached.Task, ended)).ShouldBe(reached.Task);
            // As after fifteen seconds without a sign of life.
            await project["dev"].ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 0");
            project.PointTo("dev", url);
            var second = await project.RunAsync("migrate", "apply", "--env", "dev");
            second.ExitCode.ShouldBe(0, second.ToString());
            goOn.Set();
            return await ended;
        }
        finally
        {
            goOn.Set();
        }
    }

    private static async Task RequireRecordedAsync(LkProject project)
    {
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
    }
}
