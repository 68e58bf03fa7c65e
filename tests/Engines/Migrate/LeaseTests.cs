using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Several runners on one target: one works, the others wait and say for whom.</summary>
public sealed class LeaseTests
{
    private const string Wait = "DO $$ BEGIN WHILE EXISTS (SELECT FROM hold) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;";

    private static async Task<LkProject> HeldAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE log (line text); CREATE TABLE hold (); INSERT INTO hold DEFAULT VALUES");
        return project.Migration("0001_held", $"INSERT INTO log VALUES ('one');\n{Wait}").Migration("0002_next", "INSERT INTO log VALUES ('two');");
    }

    private static async Task WorksAsync(LkProject project)
    {
        for (var tries = 0; await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'DO $$ BEGIN WHILE%'") == "0"; tries++)
        {
            tries.ShouldBeLessThan(1_200);
            await Task.Delay(25);
        }
    }

    [Fact]
    public async Task a_second_runner_waits_says_for_whom_and_finds_nothing_left_to_do()
    {
        await using var project = await HeldAsync();
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        await WorksAsync(project);
        await using var second = await project.StartAsync("migrate", "apply", "--env", "dev");
        await second.WaitForTextAsync("is being changed by anna, applying to dev; waiting");
        await project["dev"].ExecuteAsync("DELETE FROM hold");
        var one = await first.WaitAsync();
        one.ExitCode.ShouldBe(0, one.ToString());
        one.Output.ShouldContain("2 applied");
        var two = await second.WaitAsync();
        two.ExitCode.ShouldBe(0, two.ToString());
        two.Output.ShouldContain("nothing to do");
        (await project["dev"].ScalarAsync("SELECT string_agg(line, ',' ORDER BY line) FROM log")).ShouldBe("one,two");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
    }

    [Fact]
    public async Task a_runner_that_waited_long_enough_gives_up_and_names_the_holder()
    {
        await using var project = await HeldAsync();
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        await WorksAsync(project);
        var second = await project.RunAsAsync("bob", "migrate", "apply", "--env", "dev", "--lock-timeout", "1s");
        second.ShouldRefuse(3, "LK2012");
        second.Errors.ShouldContain("is being changed by anna, applying to dev");

        await project["dev"].ExecuteAsync("DELETE FROM hold");
        (await first.WaitAsync()).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
    }

    [Fact]
    public async Task of_twenty_runners_at_once_one_applies_and_the_others_wait_or_find_nothing_to_do()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE log (line text)");
        for (var n = 1; n <= 8; n++)
            project.Migration($"{n:0000}_step", $"INSERT INTO log VALUES ('{n}');\nSELECT pg_sleep(0.05);");
        // One call first, so that the file is there before twenty processes read it.
        (await project.RunAsync("migrate", "status")).ExitCode.ShouldBe(0);
        var call = new LkCall("migrate", "apply", "--env", "dev") { Folder = project.Folder, Environment = project.Variables };
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => LkProcess.RunAsync(call)));
        foreach (var result in results)
        {
            result.ExitCode.ShouldBe(0, result.ToString());
            result.ShouldShowNoInsides();
        }

        results.Count(result => result.Output.Contains("8 applied", StringComparison.Ordinal)).ShouldBe(1);
        var others = results.Where(result => !result.Output.Contains("8 applied", StringComparison.Ordinal)).ToList();
        others.ShouldAllBe(result => result.Output.Contains("nothing to do", StringComparison.Ordinal));
        others.Where(result => result.Errors.Length > 0).ShouldAllBe(result => result.Errors.Contains("is being changed by anna, applying to dev; waiting", StringComparison.Ordinal));
        (await project["dev"].ScalarAsync("SELECT string_agg(line, ',' ORDER BY line) FROM log")).ShouldBe("1,2,3,4,5,6,7,8");
        (await project["dev"].ScalarAsync("SELECT count(*)::text || ' ' || count(DISTINCT run) FROM lockkeeper.migrations")).ShouldBe("8 1");
        (await project["dev"].ScalarAsync("SELECT (NOT held)::text FROM lockkeeper.lease")).ShouldBe("true");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task reading_does_not_wait_for_a_runner()
    {
        await using var project = await HeldAsync();
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        await WorksAsync(project);
        (await project.RunAsync("migrate", "status")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "plan", "--env", "dev")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync("DELETE FROM hold");
        (await first.WaitAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task two_targets_of_one_server_do_not_wait_for_each_other()
    {
        await using var project = await HeldAsync();
        await using var other = await LkProject.CreateAsync("dev");
        other.Migration("0001_orders", "CREATE TABLE orders (id int);");
        await using var first = await project.StartAsync("migrate", "apply", "--env", "dev");
        await WorksAsync(project);
        (await other.RunAsync("migrate", "apply", "--env", "dev", "--lock-timeout", "1s")).ExitCode.ShouldBe(0);
        await project["dev"].ExecuteAsync("DELETE FROM hold");
        (await first.WaitAsync()).ExitCode.ShouldBe(0);
    }
}
