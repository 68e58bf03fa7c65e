using System.Text;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Migration files that cannot be run: each is refused before anything is sent, at its place.</summary>
public sealed class BadInputFileTests
{
    private const string Good = "CREATE TABLE orders (id bigint PRIMARY KEY);";

    [Theory]
    [InlineData("", "LK3009", "1:1")]
    [InlineData("\n\n  \n", "LK3009", "1:1")]
    [InlineData("-- nothing yet\n/* nor here */\n", "LK3009", "1:1")]
    [InlineData(";;\n;", "LK3009", "1:1")]
    [InlineData("CREATE TABLE a (id int);\nINSERT INTO a VALUES ('x);\n", "LK2102", "2:23")]
    [InlineData("CREATE TABLE \"a (id int);\n", "LK2103", "1:14")]
    [InlineData("DO $body$ BEGIN NULL; END $Body$;", "LK2104", "1:4")]
    [InlineData("SELECT 1;\n/* a /* b */\nSELECT 2;", "LK2105", "2:1")]
    [InlineData("CREATE TABLE a (id int);\nBEGIN;\nDROP TABLE a;\nCOMMIT;", "LK3020", "2:1")]
    [InlineData("CREATE TABLE a (id int);\n  COMMIT;", "LK3020", "2:3")]
    [InlineData("CREATE TABLE a (id int);\nROLLBACK;", "LK3020", "2:1")]
    [InlineData("START TRANSACTION READ ONLY;\nCREATE TABLE a (id int);\nEND;", "LK3020", "1:1")]
    [InlineData("PREPARE TRANSACTION 'x';", "LK3020", "1:1")]
    [InlineData("-- lk: no-transaction\nBEGIN;\nCREATE TABLE a (id int);\nCOMMIT;", "LK3020", "2:1")]
    [InlineData("\\i other.sql\n", "LK2106", "1:1")]
    [InlineData("CREATE TABLE a (id int);\n\\set x 1\n", "LK2106", "2:1")]
    [InlineData("-- lk: no-transactoin\nCREATE TABLE a (id int);", "LK3005", "1:1")]
    [InlineData("-- a head\n-- lk: timeout soon\nCREATE TABLE a (id int);", "LK3005", "2:1")]
    [InlineData("CREATE TABEL a (id int);", "LK2101", "1:8")]
    [InlineData("CREATE TABLE a (\n  id int,\n);", "LK2101", "3:1")]
    [InlineData("SELECT 'a\0b';", "LK2107", "1:10")]
    [InlineData("CREATE TABLE a (id int);\nVACUUM a;", "LK3021", "2:1")]
    public async Task a_file_that_cannot_run_is_refused_at_its_place_and_nothing_before_it_runs(string sql, string code, string at)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).Migration("0002_bad", sql);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, code, $"migrations/0002_bad.up.sql:{at}");
        (await project["dev"].StateAsync()).ShouldBe("");
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task a_way_back_that_cannot_run_is_refused_before_its_migration_is_applied()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good, "DROP TABLE orders;\nSELECT 'open");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK2102", "migrations/0001_orders.down.sql:2:8");
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Theory]
    [InlineData(new byte[] { 0xFC, 0xDF }, "2:6")]
    [InlineData(new byte[] { 0xC3 }, "2:6")]
    [InlineData(new byte[] { 0xC3, 0xBC, 0xED, 0xA0, 0x80 }, "2:7")]
    public async Task bytes_that_are_not_utf8_are_named_by_line_and_column(byte[] bytes, string at)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good);
        await File.WriteAllBytesAsync(Path.Combine(project.Folder, "migrations/0001_orders.up.sql"), [.. Encoding.UTF8.GetBytes("CREATE TABLE a (id int);\n-- gr"), .. bytes, (byte)'\n'], TestContext.Current.CancellationToken);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3002", $"migrations/0001_orders.up.sql:{at}");
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Fact]
    public async Task a_file_in_utf16_is_refused()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good);
        await File.WriteAllBytesAsync(Path.Combine(project.Folder, "migrations/0001_orders.up.sql"), [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Good)], TestContext.Current.CancellationToken);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK3002", "migrations/0001_orders.up.sql:1:1");
    }

    [Fact]
    public async Task a_file_that_is_a_broken_link_is_refused()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good);
        File.CreateSymbolicLink(Path.Combine(project.Folder, "migrations/0002_gone.up.sql"), "nowhere.sql");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK3001");
        result.Errors.ShouldContain("migrations/0002_gone.up.sql");
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Fact]
    public async Task names_with_blanks_and_letters_of_other_scripts_are_fine()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_añadir pedidos, größer & besser", Good, "DROP TABLE orders;").Migration("0002_注文'; --", "CREATE TABLE \"注文\" (id int);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(name || '|' || file, ' ' ORDER BY id) FROM lockkeeper.migrations"))
            .ShouldBe("añadir pedidos, größer & besser|migrations/0001_añadir pedidos, größer & besser.up.sql 注文'; --|migrations/0002_注文'; --.up.sql");
        (await project["dev"].ScalarAsync("SELECT to_regclass('\"注文\"')::text")).ShouldBe("\"注文\"");
    }

    [Fact]
    public async Task other_line_ends_and_a_byte_order_mark_are_not_an_edit()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", "CREATE TABLE orders (\n  id bigint\n);\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0001_orders", "\uFEFFCREATE TABLE orders (\r\n  id bigint\r\n);\r\n");
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        again.Output.ShouldContain("nothing to do");
    }

    [Fact]
    public async Task a_migration_of_five_megabytes_runs()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var rows = string.Join(",\n", Enumerable.Range(1, 50_000).Select(n => $"({n}, '{new string('x', 85)}')"));
        project.Migration("0001_orders", $"CREATE TABLE orders (id bigint PRIMARY KEY, note text);\nINSERT INTO orders VALUES\n{rows};\n");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("50000");
    }

    [Fact]
    public async Task of_two_thousand_statements_the_one_that_fails_is_named_and_none_stays()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var statements = Enumerable.Range(1, 2_000).Select(n => $"CREATE TABLE t{n} (id int);").ToArray();
        project.Migration("0001_many", string.Join('\n', statements));
        statements[1_776] = "CREATE TABLE t5 (id int);";
        project.Migration("0001_many", string.Join('\n', statements));
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK3060", "migrations/0001_many.up.sql:1777:1");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'")).ShouldBe("0");

        statements[1_776] = "CREATE TABLE t1777 (id int);";
        project.Migration("0001_many", string.Join('\n', statements));
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'")).ShouldBe("2000");
    }
}
