using Lockkeeper.Tests.TestKit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Files of a hundred megabytes: applied to the last row in bounded memory, and caught when somebody writes to them meanwhile.</summary>
public sealed class LargeFileTests
{
    /// <summary>Twice what it takes; kept in memory, such a file takes half a gigabyte or more.</summary>
    private const int MostMegabytes = 250;

    private const string Table = "CREATE TABLE items (id int, name text, note text);";

    [Fact]
    public Task a_hundred_megabytes_of_copy_take_little_memory() => CopyAsync("\r\n", 100);

    [Fact]
    public Task ten_megabytes_of_inserts_take_little_memory() => InsertsAsync("\r\n", 10, width: 60);

    [Fact]
    [Trait("Category", "Long")]
    public Task a_hundred_megabytes_of_inserts_take_little_memory() => InsertsAsync("\n", 100, width: 2000);

    [Fact]
    [Trait("Category", "Long")]
    public Task half_a_gigabyte_of_copy_takes_little_memory() => CopyAsync("\n", 500);

    [Theory]
    [InlineData("")]
    [InlineData("-- lk: no-transaction")]
    public async Task a_file_that_is_changed_after_it_was_checked_is_not_begun(string directive)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync(Table + " CREATE TABLE gate (id int);");
        project.Migration("0001_wait", "INSERT INTO gate VALUES (1);");
        Write(project, "0002_data", 9, "\n", directive, Row);
        var result = await ChangeWhileWaitingAsync(project, "gate", "0002_data", "INSERT INTO items VALUES (0, 'added', 'late');\n");
        result.ShouldRefuse(4, "LK3016", "migrations/0002_data.up.sql:1:1");
        (await project["dev"].ScalarAsync("SELECT count(*) FROM items")).ShouldBe("0");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task a_file_that_is_changed_while_it_runs_leaves_nothing_behind()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync(Table);
        project.Migration("0001_small", "SELECT 1;");
        Write(project, "0002_data", 9, "\n", "", Row);
        var result = await ChangeWhileWaitingAsync(project, "items", "0002_data", "COMMIT; DROP TABLE items;\n");
        result.ShouldRefuse(4, "LK3016", "migrations/0002_data.up.sql:1:1");
        (await project["dev"].ScalarAsync("SELECT count(*) FROM items")).ShouldBe("0");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Fact]
    public async Task a_failure_in_a_large_file_is_named_by_line_and_column()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_items", Table);
        var rows = Write(project, "0002_data", 9, "\r\n", "-- é", Row, "INSERT INTO items VALUES (1, 'é', nothing);");
        var failed = await project.RunAsync("migrate", "apply", "--env", "dev");
        failed.ShouldRefuse(4, "LK3060", $"migrations/0002_data.up.sql:{rows + 2}:35");
        (await project["dev"].ScalarAsync("SELECT count(*) FROM items")).ShouldBe("0");
    }

    [Fact]
    public async Task a_large_file_that_cannot_run_is_refused_at_its_place_before_anything_runs()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_items", Table);
        var rows = Write(project, "0002_data", 9, "\n", "", Row, "  COMMIT;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3020", $"migrations/0002_data.up.sql:{rows + 2}:3");
        Write(project, "0002_data", 9, "\n", "", Row, "SELECT 'open;");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK2102", $"migrations/0002_data.up.sql:{rows + 2}:8");
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();
    }

    private static string Row(int row) => $"INSERT INTO items VALUES ({row}, 'name', '{new string('x', 900)}');";

    /// <summary>Applies while a table is locked, adds to a file once the run waits for the lock, and lets the run go on.</summary>
    private static async Task<LkResult> ChangeWhileWaitingAsync(LkProject project, string table, string name, string added)
    {
        await using var holder = await project["dev"].BeginAsync($"LOCK TABLE {table}");
        await using var lk = await project.StartAsync("migrate", "apply", "--env", "dev");
        while (await project["dev"].ScalarAsync($"SELECT count(*) FROM pg_locks WHERE relation = '{table}'::regclass AND NOT granted") == "0" && !lk.HasExited)
            await Task.Delay(20);
        await File.AppendAllTextAsync(Path.Combine(project.Folder, $"migrations/{name}.up.sql"), added);
        await using (var release = new NpgsqlCommand("ROLLBACK", holder))
            await release.ExecuteNonQueryAsync();
        return await lk.WaitAsync();
    }

    private static async Task CopyAsync(string lineEnd, int megabytes)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_items", Table);
        var rows = Write(project, "0002_data", megabytes, lineEnd, "COPY items FROM stdin;", row => $"{row}\tname é {row % 7}\t{new string('x', 80)}", "\\.", "CREATE INDEX items_id ON items (id);");
        await ShouldApplyAsync(project, rows);
        (await project["dev"].ScalarAsync("SELECT count(*) FROM items WHERE note LIKE '%\r%'")).ShouldBe("0");
    }

    private static async Task InsertsAsync(string lineEnd, int megabytes, int width)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_items", Table);
        var rows = Write(project, "0002_data", megabytes, lineEnd, "-- the data", row => $"INSERT INTO items VALUES ({row}, 'name; é {row % 7}', '{new string('x', width)}');", "CREATE INDEX items_id ON items (id);");
        await ShouldApplyAsync(project, rows);
    }

    private static async Task ShouldApplyAsync(LkProject project, int rows)
    {
        await ShouldTakeLittleAsync(project, "migrate", "apply", "--env", "dev");
        (await project["dev"].ScalarAsync("SELECT count(*) || ' ' || min(id) || ' ' || max(id) FROM items")).ShouldBe($"{rows} 1 {rows}");
        (await project["dev"].ScalarAsync("SELECT count(*) FROM pg_class WHERE relname = 'items_id'")).ShouldBe("1");
        (await ShouldTakeLittleAsync(project, "migrate", "status")).Output.ShouldContain("2 migrations");
        await ShouldTakeLittleAsync(project, "migrate", "verify");
    }

    private static async Task<LkResult> ShouldTakeLittleAsync(LkProject project, params string[] arguments)
    {
        await using var lk = await project.StartAsync(arguments);
        var (result, megabytes) = await PeakMemory.OfAsync(lk);
        result.ExitCode.ShouldBe(0, result.ToString());
        TestContext.Current.SendDiagnosticMessage($"{string.Join(' ', arguments)}: {megabytes} MB");
        megabytes.ShouldBeInRange(1, MostMegabytes);
        return result;
    }

    /// <summary>Writes a migration: a first line, as many rows as fill the size, and last lines. The number of rows.</summary>
    private static int Write(LkProject project, string name, int megabytes, string lineEnd, string first, Func<int, string> row, params string[] last)
    {
        using var file = new StreamWriter(project.File($"migrations/{name}.up.sql", "")) { NewLine = lineEnd };
        file.WriteLine(first);
        var rows = 0;
        for (var size = 0L; size < megabytes * 1_000_000L;)
        {
            var line = row(++rows);
            size += line.Length + lineEnd.Length;
            file.WriteLine(line);
        }

        foreach (var line in last)
            file.WriteLine(line);
        return rows;
    }
}
