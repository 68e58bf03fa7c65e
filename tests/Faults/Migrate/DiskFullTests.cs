using System.Diagnostics;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>The server has no room: a limit on the size of its files cuts a write short, which is to it as a full disk.</summary>
public sealed class DiskFullTests
{
    // No multiple of a page, so that a page is written in part: the server calls that a full disk, and a page that cannot be begun a file too large.
    private const string Limit = "25000001";

    [Fact]
    public async Task in_a_transaction_nothing_is_left_and_with_room_the_next_run_goes_on()
    {
        await using var server = await TestCluster.StartAsync();
        await using var database = await TestDatabase.CreateAsync(cluster: server);
        await using var project = await LkProject.CreateAsync("dev");
        project.PointTo("dev", database.Url);
        project.Migration("0001_orders", "CREATE TABLE orders (id int);").Migration("0002_rows", "CREATE TABLE other (id int);\nINSERT INTO orders SELECT n FROM generate_series(1, 1000000) n;");
        await LimitAsync(server, Limit);
        var failed = await project.RunAsync("migrate", "apply", "--env", "dev");
        failed.ExitCode.ShouldBe(4, failed.ToString());
        failed.Errors.ShouldContain("could not extend file");
        failed.Errors.ShouldContain("HINT: Check free disk space");
        failed.Errors.ShouldContain("migrations/0002_rows.up.sql:2:1");
        (await database.TablesAsync("orders", "other")).ShouldBe("orders:t other:f");
        (await database.ScalarAsync("SELECT string_agg(id || ' ' || outcome, ', ') FROM lockkeeper.migrations")).ShouldBe("0001 applied");

        await LimitAsync(server, "unlimited");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await database.ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("1000000");
    }

    [Fact]
    public async Task outside_of_a_transaction_the_invalid_index_is_built_again_with_room()
    {
        await using var server = await TestCluster.StartAsync();
        await using var database = await TestDatabase.CreateAsync(cluster: server);
        await using var project = await LkProject.CreateAsync("dev");
        project.PointTo("dev", database.Url);
        await database.ExecuteAsync("CREATE TABLE orders (id int, note text); INSERT INTO orders SELECT n, repeat(md5(n::text), 8) FROM generate_series(1, 100000) n");
        project.Migration("0001_index", "-- lk: no-transaction\nCREATE TABLE other (id int);\nCREATE INDEX CONCURRENTLY orders_note ON orders (note, id);\nCREATE TABLE last (id int);");
        await LimitAsync(server, Limit);
        var failed = await project.RunAsync("migrate", "apply", "--env", "dev");
        failed.ExitCode.ShouldBe(4, failed.ToString());
        failed.Errors.ShouldContain("HINT: ");
        (await database.ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indrelid = 'orders'::regclass")).ShouldBe("false");

        await LimitAsync(server, "unlimited");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Errors.ShouldContain("dropped the invalid index orders_note that a build which died had left");
        (await database.ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indrelid = 'orders'::regclass")).ShouldBe("true");
        (await database.TablesAsync("other", "last")).ShouldBe("other:t last:t");
    }

    /// <summary>Sets the limit for every session that begins from now on.</summary>
    private static async Task LimitAsync(SandboxCluster server, string bytes)
    {
        var data = Path.Combine(server.Folder, "data");
        var postmaster = (await File.ReadAllLinesAsync(Path.Combine(data, "postmaster.pid"), TestContext.Current.CancellationToken))[0];
        // The hard limit stays, so that the soft one can be raised again without rights.
        // Only the server's own user may set it, even in the place of root.
        using var limit = Process.Start("/bin/sh", ["-c", $"if [ $(id -u) = 0 ]; then exec setpriv --reuid=$(stat -c %u '{data}') --regid=$(stat -c %g '{data}') --clear-groups -- prlimit --pid {postmaster} --fsize={bytes}:; fi; exec prlimit --pid {postmaster} --fsize={bytes}:"]);
        await limit.WaitForExitAsync(TestContext.Current.CancellationToken);
        limit.ExitCode.ShouldBe(0);
    }
}
