using Lockkeeper.Tests.TestKit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary><c>lk observe top</c> in a real terminal. Others use the server at the same time: the picture is filtered by the database.</summary>
public sealed class TopTests
{
    [Fact]
    public async Task a_blocked_session_stands_below_its_blocker_and_is_cancelled_after_being_asked_twice()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var scene = await Scene.OfAsync(project);
        await using var terminal = await TmuxTerminal.StartAsync(project.Call("observe", "top", "dev/shop", "--every", "500ms"));
        await FilterAsync(terminal, project["dev"].Name);
        var lines = await terminal.WaitAsync(shown => Below(shown, scene.Blocker.ProcessID, scene.Blocked.ProcessID), "the blocked session below its blocker");
        lines.Single(line => line.Contains($"└ {scene.Blocked.ProcessID}", StringComparison.Ordinal)).ShouldContain("UPDATE paid SET sum = 2");

        await terminal.PressAsync("Down", "c");
        await terminal.WaitAsync($"cancel the statement of {scene.Blocked.ProcessID} (postgres in {project["dev"].Name}): UPDATE paid SET sum = 2");
        // No is every other key.
        await terminal.PressAsync("n");
        await terminal.WaitAsync("nothing was done");
        // The same key twice, as one that is held down, is not enough.
        await terminal.PressAsync("c", "y", "y");
        await terminal.WaitAsync("it is recorded in the ledger as done by anna");
        scene.Waiting.IsCompleted.ShouldBeFalse();
        await terminal.PressAsync("Enter");
        await terminal.WaitAsync($"the statement of {scene.Blocked.ProcessID} was cancelled");
        (await Should.ThrowAsync<PostgresException>(scene.Waiting)).SqlState.ShouldBe("57014");

        await terminal.PressAsync("1");
        await terminal.WaitAsync(shown => shown.Any(line => line.Contains($"{scene.Blocker.ProcessID}  postgres", StringComparison.Ordinal)), "the sessions");
        await terminal.PressAsync("q");
        await terminal.RestoredAsync(0);
        var entries = (await project.JsonAsync("ledger", "show"))["data"]!["entries"]!.AsArray();
        entries.Select(entry => (string?)entry!["kind"]).ShouldBe(["session.cancel.asked", "session.cancel.done"]);
        var done = entries[1]!.ToJsonString();
        done.ShouldContain("\"anna\"");
        foreach (var word in new[] { $"{scene.Blocked.ProcessID}", "UPDATE paid SET sum = 2", "told", "backend_start" })
            done.ShouldContain(word);
    }

    [Fact]
    public async Task a_session_is_ended_its_locks_and_its_plan_are_shown_and_the_terminal_may_change_its_size()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var scene = await Scene.OfAsync(project);
        await using var terminal = await TmuxTerminal.StartAsync(project.Call("observe", "top", "--every", "500ms"), 200, 30);
        await FilterAsync(terminal, project["dev"].Name);
        await terminal.WaitAsync(shown => Below(shown, scene.Blocker.ProcessID, scene.Blocked.ProcessID), "the tree");
        await terminal.PressAsync("Enter");
        await terminal.WaitAsync("holds RowExclusiveLock on public.paid");
        await terminal.PressAsync("Escape");
        await terminal.WaitAsync("└ ");
        await terminal.PressAsync("Down", "e");
        await terminal.WaitAsync("Index Scan using paid_pkey on paid");
        await terminal.ResizeAsync(60, 20);
        await terminal.WaitAsync(shown => shown.Count == 20 && shown[^1].StartsWith("escape: back", StringComparison.Ordinal), "a picture of 20 lines");
        await terminal.PressAsync("Escape");
        await terminal.PressAsync("Home", "t", "y", "Enter");
        await terminal.WaitAsync($"the session {scene.Blocker.ProcessID} was ended");
        await scene.Waiting;
        await terminal.PressAsync("C-c");
        await terminal.RestoredAsync(0);
    }

    [Fact]
    public async Task without_a_terminal_one_picture_is_printed()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE EXTENSION pg_stat_statements");
        await using var scene = await Scene.OfAsync(project);
        var page = await project.RunAsync("observe", "top", "--every", "500ms");
        page.ExitCode.ShouldBe(0, page.ToString());
        page.Output.ShouldContain($"└ {scene.Blocked.ProcessID} ");
        page.Output.ShouldContain("primary, up ");
        page.Output.ShouldNotContain("\e");
        var data = (await project.JsonAsync("observe", "top", "dev/shop", "--every", "500ms"))["data"]!;
        data["blocking"]!.AsArray().Single(row => (int)row!["pid"]! == scene.Blocked.ProcessID)!["depth"]!.GetValue<int>().ShouldBe(1);
        data["sessions"]!.AsArray().Single(row => (int)row!["pid"]! == scene.Blocker.ProcessID)!["state"]!.GetValue<string>().ShouldBe("idle in transaction");
        // Its own statements at least were executed in between.
        data["queries"]!.AsArray().Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task what_cannot_be_reached_is_an_error_and_no_screen()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.PointTo("dev", "postgres://postgres:wrong-one@127.0.0.1:1/postgres");
        await using var terminal = await TmuxTerminal.StartAsync(project.Call("observe", "top"));
        await terminal.RestoredAsync(3);
        (await terminal.LinesAsync()).ShouldContain(line => line.Contains("does not answer", StringComparison.Ordinal));
    }

    private static async Task FilterAsync(TmuxTerminal terminal, string database)
    {
        await terminal.WaitAsync("[1 sessions]");
        await terminal.PressAsync("2", "/");
        await terminal.TypeAsync(database);
        await terminal.PressAsync("Enter");
        await terminal.WaitAsync($"with '{database}'");
    }

    private static bool Below(IReadOnlyList<string> lines, int blocker, int blocked)
    {
        var at = lines.ToList().FindIndex(line => line.StartsWith($"{blocker} ", StringComparison.Ordinal));
        return at >= 0 && at + 1 < lines.Count && lines[at + 1].StartsWith($"  └ {blocked} ", StringComparison.Ordinal);
    }

    /// <summary>A session that waits for another.</summary>
    private sealed class Scene(NpgsqlConnection blocker, NpgsqlConnection blocked, Task waiting) : IAsyncDisposable
    {
        public NpgsqlConnection Blocker => blocker;

        public NpgsqlConnection Blocked => blocked;

        public Task Waiting => waiting;

        public static async Task<Scene> OfAsync(LkProject project)
        {
            var database = project["dev"];
            await database.ExecuteAsync("CREATE TABLE paid (id int PRIMARY KEY, sum int); INSERT INTO paid SELECT i, 0 FROM generate_series(1, 1000) AS i; ANALYZE paid");
            var (blocker, blocked) = (await database.OpenAsync(), await database.OpenAsync());
            await RunAsync(blocker, "BEGIN");
            await RunAsync(blocker, "UPDATE paid SET sum = 1 WHERE id = 1");
            var waiting = RunAsync(blocked, "UPDATE paid SET sum = 2 WHERE id = 1");
            await Eventually.TrueAsync(async () => await database.ScalarAsync($"SELECT count(*) FROM pg_locks WHERE pid = {blocked.ProcessID} AND NOT granted") == "1", "a session that waits");
            return new Scene(blocker, blocked, waiting);
        }

        public async ValueTask DisposeAsync()
        {
            await blocker.DisposeAsync();
            await waiting.ContinueWith(static _ => { }, TaskScheduler.Default);
            await blocked.DisposeAsync();
        }

        private static async Task RunAsync(NpgsqlConnection connection, string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
    }
}
