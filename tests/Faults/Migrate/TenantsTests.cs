using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A run over tenants that is killed or interrupted in its middle.</summary>
public sealed class TenantsTests
{
    /// <summary>Five tenants one at a time, of which the third waits.</summary>
    private static async Task<LkProject> ProjectAsync()
    {
        var project = await TenantProject.OfSchemasAsync(5, ", parallel: 1");
        await project["dev"].ExecuteAsync("CREATE TABLE public.hold (); INSERT INTO public.hold DEFAULT VALUES");
        return project.Migration("0001_orders", "CREATE TABLE orders (id bigint PRIMARY KEY);", "DROP TABLE orders;").Migration(
            "0002_held", "DO $$ BEGIN WHILE current_schema() = 't0003' AND EXISTS (SELECT FROM public.hold) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$;\nCREATE TABLE held (id int);");
    }

    [Fact]
    public async Task after_kill_9_the_same_command_goes_on_with_the_tenants_that_are_left()
    {
        await using var project = await ProjectAsync();
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await WaitAsync(project["dev"], lk);
        lk.Kill();
        await lk.WaitAsync();
        await project["dev"].LetGoAsync();
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Output.ShouldContain("2 had nothing to do");
        (await project["dev"].AppliedAsync("0002")).ShouldBe("5");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.lease WHERE held")).ShouldBe("0");
        (await project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task ctrl_c_stops_starting_tenants_and_says_what_is_in_place()
    {
        await using var project = await ProjectAsync();
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await WaitAsync(project["dev"], lk);
        lk.Interrupt();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Output.ShouldContain("2 done, 0 had nothing to do, 1 failed, 2 not started");
        result.Errors.ShouldContain("t0003: LK1001");
        (await project["dev"].ScalarAsync("SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relname = 'held'")).ShouldBe("t0001 t0002");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.lease WHERE held")).ShouldBe("0");
        await project["dev"].LetGoAsync();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].AppliedAsync("0002")).ShouldBe("5");
    }

    /// <summary>Waits until the third tenant's migration is at work.</summary>
    private static async Task WaitAsync(TestDatabase database, LkProcess lk)
    {
        for (var tries = 0; await database.ScalarAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')::text") != "true"; tries++)
        {
            (lk.HasExited || tries > 1_200).ShouldBeFalse($"{lk.Output}\n{lk.Errors}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
