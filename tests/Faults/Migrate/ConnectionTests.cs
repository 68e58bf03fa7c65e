using System.Text;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>Connections that are cut: what the server did is found out, never guessed.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task a_cut_in_the_middle_of_a_script_leaves_nothing_and_the_next_run_goes_on()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var proxy = new TcpProxy((await TestCluster.SharedAsync()).Port);
        project.PointTo("dev", proxy.Through(project["dev"].Url));
        // More statements than one round trip takes, so that the script's end is never sent.
        project.Migration("0001_orders", "CREATE TABLE orders (id int);")
            .Migration("0002_many", string.Join('\n', Enumerable.Range(1, 700).Select(n => n < 600 ? $"CREATE TABLE t{n} (id int);" : $"INSERT INTO t1 SELECT {n} WHERE 'cut_here' <> '';")));
        CutOnce(proxy, "cut_here");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain("LK2006: ");
        result.Errors.ShouldContain("migrations/0002_many.up.sql");
        result.Errors.ShouldContain("HINT: ");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].TablesAsync("orders", "t1", "t599")).ShouldBe("orders:t t1:f t599:f");

        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM t1")).ShouldBe("101");
    }

    [Fact]
    public async Task when_the_server_stays_away_after_the_cut_nobody_claims_to_know_what_is_in_place()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await using var proxy = new TcpProxy((await TestCluster.SharedAsync()).Port);
        project.PointTo("dev", proxy.Through(project["dev"].Url));
        project.Migration("0001_many", string.Join('\n', Enumerable.Range(1, 700).Select(n => $"CREATE TABLE {(n < 600 ? "t" : "cut_here")}{n} (id int);")));
        proxy.OnClientBytes = bytes =>
        {
            if (bytes.Span.IndexOf("cut_here"u8) >= 0)
                proxy.Refuse();
        };
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain("LK2006: ");
        result.Errors.ShouldContain("whether the migration was committed");
        (await project.HistoryAsync("dev")).ShouldBe("");
        (await project["dev"].TablesAsync("t1")).ShouldBe("t1:f");

        proxy.OnClientBytes = null;
        proxy.Accept();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].TablesAsync("t1", "cut_here700")).ShouldBe("t1:t cut_here700:t");
    }

    [Fact]
    public async Task a_cut_while_the_server_goes_on_is_waited_out_and_the_work_counts()
    {
        await using var project = await Held.ProjectAsync();
        await using var proxy = new TcpProxy((await TestCluster.SharedAsync()).Port);
        project.PointTo("dev", proxy.Through(project["dev"].Url));
        project.Migration("0001_held", Held.Migration).Migration("0002_next", "CREATE TABLE next (id int);");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        proxy.Cut();
        // The server has the whole script with its COMMIT; lk waits for the backend that still holds the lease's row.
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%lk:migrate.wait_for_backend%' AND wait_event_type = 'Lock')");
        await project["dev"].LetGoAsync();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
        (await project["dev"].TablesAsync("before", "after", "next")).ShouldBe("before:t after:t next:t");
    }

    [Fact]
    public async Task a_commit_whose_answer_is_lost_counts_once()
    {
        await using var project = await Held.ProjectAsync();
        await using var proxy = new TcpProxy((await TestCluster.SharedAsync()).Port);
        project.PointTo("dev", proxy.Through(project["dev"].Url));
        project.Migration(
            "0001_deferred",
            """
            CREATE TABLE orders (id int);
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN WHILE EXISTS (SELECT FROM hold) LOOP PERFORM pg_sleep(0.02); END LOOP; RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait();
            INSERT INTO orders VALUES (1);
            """);
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        // The one that waits in the trigger: lk commits other things before it.
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND starts_with(ltrim(query), 'COMMIT') AND wait_event = 'PgSleep')");
        proxy.Pause();
        await project["dev"].LetGoAsync();
        await project["dev"].UntilAsync("SELECT EXISTS (SELECT FROM lockkeeper.migrations)");
        proxy.Cut();
        proxy.Resume();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("1 applied");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("1");
    }

    [Fact]
    public async Task a_check_that_fails_at_commit_after_a_cut_counts_as_failed()
    {
        await using var project = await Held.ProjectAsync();
        await using var proxy = new TcpProxy((await TestCluster.SharedAsync()).Port);
        project.PointTo("dev", proxy.Through(project["dev"].Url));
        project.Migration("0001_fails", $"CREATE TABLE orders (id int);\n{Held.Wait}\nSELECT 1/0;");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        proxy.Cut();
        await project["dev"].LetGoAsync();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK2006: ");
        (await project.HistoryAsync("dev")).ShouldBe("");
        (await project["dev"].TablesAsync("orders")).ShouldBe("orders:f");
    }

    [Fact]
    public async Task a_session_that_an_administrator_ends_is_said_and_leaves_nothing()
    {
        await using var project = await Held.ProjectAsync();
        project.Migration("0001_held", Held.Migration);
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        var pid = await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        await project["dev"].ScalarAsync($"SELECT pg_terminate_backend({pid})::text");
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK2006: ");
        result.Errors.ShouldContain("HINT: ");
        (await project.HistoryAsync("dev")).ShouldBe("");

        await project["dev"].LetGoAsync();
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
    }

    [Fact]
    public async Task the_lease_outlives_the_end_of_its_session_while_a_migration_runs()
    {
        await using var project = await Held.ProjectAsync();
        project.Migration("0001_held", Held.Migration).Migration("0002_next", "CREATE TABLE next (id int);");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        var pid = await project["dev"].RunningAsync("DO $$ BEGIN WHILE", lk);
        var ended = await project["dev"].ScalarAsync("SELECT backend_pid::text FROM lockkeeper.lease");
        await project["dev"].ScalarAsync($"SELECT pg_terminate_backend({ended})::text");
        // Another runner sees that the session is gone and still may not come in: the transaction holds the lease's row.
        var other = await project.RunAsAsync("bob", "migrate", "apply", "--env", "dev", "--lock-timeout", "1s");
        other.ExitCode.ShouldBe(3, other.ToString());
        other.Errors.ShouldContain("LK2012");
        await project["dev"].LetGoAsync();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied, 0002 applied");
        ended.ShouldNotBe($"{pid}");
    }

    [Fact]
    public async Task a_server_that_crashes_and_comes_back_in_the_middle_leaves_nothing_and_the_next_run_goes_on()
    {
        await using var cluster = await TestCluster.StartAsync(new Dictionary<string, string> { ["fsync"] = "on", ["synchronous_commit"] = "on" });
        await using var database = await TestDatabase.CreateAsync(cluster: cluster);
        await using var project = await LkProject.CreateAsync("dev");
        project.PointTo("dev", database.Url);
        await database.ExecuteAsync("CREATE TABLE hold (); INSERT INTO hold DEFAULT VALUES");
        project.Migration("0001_orders", "CREATE TABLE orders (id int);").Migration("0002_held", Held.Migration);
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        await database.RunningAsync("DO $$ BEGIN WHILE", lk);
        await cluster.CrashAsync();
        await cluster.ComeBackAsync();

        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(4, result.ToString());
        result.Errors.ShouldContain("LK2006: ");
        (await database.ScalarAsync("SELECT string_agg(id || ' ' || outcome, ', ') FROM lockkeeper.migrations")).ShouldBe("0001 applied");
        (await database.TablesAsync("orders", "before", "after")).ShouldBe("orders:t before:f after:f");

        await database.LetGoAsync();
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await database.TablesAsync("orders", "before", "after")).ShouldBe("orders:t before:t after:t");
    }

    private static void CutOnce(TcpProxy proxy, string text)
    {
        var needle = Encoding.UTF8.GetBytes(text);
        var done = 0;
        proxy.OnClientBytes = bytes =>
        {
            if (bytes.Span.IndexOf(needle) >= 0 && Interlocked.Exchange(ref done, 1) == 0)
                proxy.Cut();
        };
    }
}
