using System.Globalization;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>Whatever dies while a backfill runs: each row is changed once.</summary>
public sealed class BackfillFaultTests
{
    private const int Rows = 3000;
    private const string Raise = "-- lk: backfill max_rows: 50, pause: 5ms\nUPDATE orders SET n = n + id;";
    private static readonly string Sum = ((long)Rows * (Rows + 1) / 2).ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task killed_again_and_again_it_changes_each_row_once()
    {
        await using var project = await ProjectAsync();
        for (var kill = 1; kill <= 5; kill++)
        {
            await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
            await PastAsync(project, kill * 6, lk);
            lk.Kill();
            await lk.WaitAsync();
            await project["dev"].ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 0");
        }

        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        await DoneAsync(project);
    }

    [Fact]
    public async Task a_paused_runner_that_wakes_up_after_another_took_over_is_stopped()
    {
        await using var project = await ProjectAsync();
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        await PastAsync(project, 3, first);
        first.Stop();
        // It may have stopped inside of a batch, which holds the lease's row until the server ends that session.
        await project["dev"].ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'");
        await project["dev"].ExecuteAsync("UPDATE lockkeeper.lease SET ttl_ms = 0");
        var second = await project.RunAsync("migrate", "apply", "--env", "dev");
        second.ExitCode.ShouldBe(0, second.ToString());

        first.Continue();
        var stopped = await first.WaitAsync();
        stopped.ExitCode.ShouldBe(4, stopped.ToString());
        await DoneAsync(project);
    }

    [Fact]
    public async Task a_session_that_is_ended_by_somebody_loses_one_batch()
    {
        await using var project = await ProjectAsync();
        await using (var lk = await project.StartAsync("migrate", "apply", "--env", "dev"))
        {
            await PastAsync(project, 3, lk);
            await project["dev"].ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            var failed = await lk.WaitAsync();
            failed.ExitCode.ShouldBe(4, failed.ToString());
        }

        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        await DoneAsync(project);
    }

    private static async Task<LkProject> ProjectAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync($"CREATE TABLE orders (id int PRIMARY KEY, n bigint NOT NULL DEFAULT 0, note text); INSERT INTO orders SELECT i FROM generate_series(1, {Rows}) i");
        project.Migration("0001_raise", Raise);
        return project;
    }

    /// <summary>Waits until so many batches are committed.</summary>
    private static async Task PastAsync(LkProject project, int batches, LkProcess lk)
    {
        while (!lk.HasExited && (await project["dev"].ScalarAsync("SELECT to_regclass('lockkeeper.backfills')::text") is null
            || await project["dev"].ScalarAsync($"SELECT true::text FROM lockkeeper.backfills WHERE batches >= {batches}") is null))
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private static async Task DoneAsync(LkProject project)
    {
        (await project["dev"].ScalarAsync("SELECT sum(n)::text FROM orders")).ShouldBe(Sum);
        (await project["dev"].ScalarAsync("SELECT scanned || ' ' || changed || ' ' || state FROM lockkeeper.backfills")).ShouldBe($"{Rows} {Rows} done");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }
}
