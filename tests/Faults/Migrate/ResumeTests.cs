using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary><c>lk migrate resume</c>: what a run that died had begun comes to its end, and nothing else is applied.</summary>
public sealed class ResumeTests
{
    private const string Half = $"-- lk: no-transaction\nCREATE TABLE first (id int);\n{Held.Wait}\nCREATE TABLE second (id int);\n";

    [Theory]
    [InlineData("apply")]
    [InlineData("resume")]
    public async Task what_was_begun_after_an_earlier_release_is_no_drift(string verb)
    {
        await using var project = await KilledAsync();
        var result = await project.RunAsync("migrate", verb, "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].TablesAsync("first", "second")).ShouldBe("first:t second:t");
    }

    [Fact]
    public async Task it_finishes_what_was_begun_and_applies_nothing_else()
    {
        await using var project = await KilledAsync();
        var dry = await project.RunAsync("migrate", "resume", "--env", "dev", "--dry-run");
        dry.ExitCode.ShouldBe(0, dry.ToString());
        dry.Output.ShouldContain("0002 was interrupted");
        (await project["dev"].TablesAsync("second")).ShouldBe("second:f");

        var result = await project.RunAsync("migrate", "resume", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("0002 was interrupted");
        result.Output.ShouldContain("1 migration that was not begun is left to 'lk migrate apply'");
        (await project["dev"].TablesAsync("first", "second", "third")).ShouldBe("first:t second:t third:f");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
        // The release of three files has not passed, and what is in place is no drift.
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.releases WHERE outcome = 'passed'")).ShouldBe("1");
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);

        var again = await project.RunAsync("migrate", "resume", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Output.ShouldContain("nothing was interrupted");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].TablesAsync("third")).ShouldBe("third:t");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task what_was_being_rolled_back_is_undone_to_its_end()
    {
        await using var project = await Held.ProjectAsync();
        project.Migration("0001_base", "CREATE TABLE base (id int);", "DROP TABLE base;")
            .Migration("0002_two", "CREATE TABLE first (id int);\nCREATE TABLE second (id int);", $"-- lk: no-transaction\nDROP TABLE first;\n{Held.Wait}\nDROP TABLE second;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        await KillAsync(project, "migrate", "rollback", "--env", "dev", "--last", "--yes");
        var result = await project.RunAsync("migrate", "resume", "--env", "dev", "--yes");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("the rollback of 0002 was interrupted");
        (await project["dev"].TablesAsync("base", "first", "second")).ShouldBe("base:t first:f second:f");
        (await project["dev"].ScalarAsync("SELECT string_agg(id || ' ' || outcome, ', ' ORDER BY id) FROM lockkeeper.migrations")).ShouldBe("0001 applied, 0002 rolled_back");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
    }

    [Fact]
    public async Task gates_that_were_interrupted_run_again()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "gates: [ { name: tests, run: \"echo $$ >> gate; [ ! -e wait ] || exec sleep 600\" } ]");
        project.Migration("0001_orders", "CREATE TABLE orders (id int);").File("wait", "");
        await using (var lk = await project.StartAsync("migrate", "apply", "--env", "dev"))
        {
            var file = Path.Combine(project.Folder, "gate");
            await Eventually.TrueAsync(() => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'), "the gate's start");
            lk.Kill();
            await lk.WaitAsync();
            await Signals.SendAsync("KILL", int.Parse((await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))[0]));
        }

        project.Remove("wait");
        var result = await project.RunAsync("migrate", "resume", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT outcome FROM lockkeeper.releases")).ShouldBe("passed");
    }

    /// <summary>A release is in place; the next one was killed in the middle of its first file, after a statement that is committed.</summary>
    private static async Task<LkProject> KilledAsync()
    {
        var project = await Held.ProjectAsync();
        project.Migration("0001_base", "CREATE TABLE base (id int);");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0002_half", Half).Migration("0003_third", "CREATE TABLE third (id int);");
        await KillAsync(project, "migrate", "apply", "--env", "dev");
        (await project["dev"].TablesAsync("first", "second")).ShouldBe("first:t second:f");
        return project;
    }

    private static async Task KillAsync(LkProject project, params string[] call)
    {
        await using var lk = await project.StartAsync(call);
        var pid = await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        lk.Kill();
        await lk.WaitAsync();
        (await project["dev"].ScalarAsync($"SELECT pg_terminate_backend({pid}, 30000)::text")).ShouldBe("true");
        await project["dev"].LetGoAsync();
    }
}
