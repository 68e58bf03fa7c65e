using Lockkeeper.Tests.TestKit;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>A ledger that takes no more entries while a run is at work: what is in place must still be told truly.</summary>
public sealed class LedgerFailureTests
{
    [Theory]
    [InlineData("step.done", "stop", 4, "0000 applied, 0001 applied, 0002 applied, 0003 applied")]
    [InlineData("step.done", "rollback", 3, "0000 applied, 0003 rolled_back, 0002 rolled_back, 0001 rolled_back")]
    [InlineData("run.finished", "stop", 4, "0000 applied, 0001 applied, 0002 applied, 0003 applied")]
    [InlineData("run.started", "stop", 3, "0000 applied")]
    public async Task the_report_says_what_is_in_place(string refused, string onFailure, int exit, string history)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", $"on_failure: {onFailure}");
        project.Migration("0000_first", "CREATE TABLE t0 (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        for (var n = 1; n <= 3; n++)
            project.Migration($"000{n}_t", $"CREATE TABLE t{n} (id int);", $"DROP TABLE t{n};");
        Refuse(project, refused);

        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(exit, result.ToString());
        result.Errors.ShouldContain("LK");
        result.Errors.ShouldContain("HINT: ");
        (await project.HistoryAsync("dev")).ShouldBe(history);
        foreach (var id in new[] { "0001", "0002", "0003" }.Where(id => history.Contains($"{id} applied", StringComparison.Ordinal)))
            result.Output.ShouldMatch($"in place from this run: .*{id}");

        Allow(project);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_class WHERE relname IN ('t1', 't2', 't3')")).ShouldBe("3");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    private static void Refuse(LkProject project, string kind) =>
        Run(project, $"CREATE TRIGGER test_refuses BEFORE INSERT ON entry WHEN new.kind = '{kind}' BEGIN SELECT RAISE(ABORT, 'no more entries'); END");

    private static void Allow(LkProject project) => Run(project, "DROP TRIGGER test_refuses");

    private static void Run(LkProject project, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(project.Folder, ".lockkeeper/state.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
