using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A run that was killed while its statement waited for a session's transaction, and the run after it.</summary>
internal sealed class Interrupted : IAsyncDisposable
{
    private readonly LkProject project;
    private readonly NpgsqlConnection blocker;

    private Interrupted(LkProject project, NpgsqlConnection blocker) => (this.project, this.blocker) = (project, blocker);

    /// <summary>Runs <c>lk migrate apply</c> into a statement that waits for a transaction, and kills it there.</summary>
    /// <param name="project">The project.</param>
    /// <param name="blocking">What the transaction did.</param>
    /// <param name="statement">How the statement begins.</param>
    /// <param name="backendSurvives">Whether the server goes on with it.</param>
    /// <param name="reached">When it is in its middle.</param>
    public static async Task<Interrupted> BehindAsync(LkProject project, string blocking, string statement, bool backendSurvives, string reached)
    {
        var session = await project["dev"].BeginAsync(blocking);
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        var pid = await project["dev"].RunningAsync(statement, lk);
        await project["dev"].UntilAsync(reached);
        await project["dev"].WithoutExpiryAsync();
        lk.Kill();
        await lk.WaitAsync();
        if (!backendSurvives)
            (await project["dev"].ScalarAsync($"SELECT pg_terminate_backend({pid}, 30000)::text")).ShouldBe("true");
        return new Interrupted(project, session);
    }

    /// <summary>Starts the next run, and ends the transaction when that run has the lease.</summary>
    public async Task<LkResult> GoOnAsync()
    {
        await using var next = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].UntilAsync("SELECT (SELECT epoch FROM lockkeeper.lease) = 2");
        await using (var commit = new NpgsqlCommand("COMMIT", blocker))
            await commit.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return await next.WaitAsync();
    }

    /// <summary>Everything is recorded, and nothing of the interruption is left.</summary>
    public async Task RequireRecordedAsync()
    {
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    public ValueTask DisposeAsync() => blocker.DisposeAsync();
}
