using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Fixed files on a real server: they make the same schema and the same rows, and hold nobody up.</summary>
public sealed class FixTests
{
    private const string Base = """
        CREATE TABLE customers (id bigint PRIMARY KEY, email text);
        CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text, state text, total int, amount int NOT NULL, made_at timestamptz);
        """;

    private const string Rows = """
        INSERT INTO customers SELECT n, 'c' || n || '@example.org' FROM generate_series(1, 100) n;
        INSERT INTO orders SELECT n, n % 100 + 1, 'note ' || n, CASE WHEN n % 3 = 0 THEN NULL ELSE 'old' END, n, n * 2, now() FROM generate_series(1, 12000) n;
        """;

    private const string Dangerous = """
        CREATE INDEX orders_customer_idx ON orders (customer_id);
        ALTER TABLE orders
            ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id),
            ALTER COLUMN note SET NOT NULL,
            ADD CHECK (total >= 0);
        ALTER TABLE customers ADD UNIQUE (email);
        ALTER TABLE orders ALTER COLUMN amount TYPE bigint USING amount * 100;
        ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
        UPDATE orders SET state = 'new' WHERE state IS NULL OR state = '';
        """;

    private const string What = """
        SELECT md5(string_agg(o::text, '|' ORDER BY id)) FROM (SELECT id, customer_id, note, state, total, amount, token IS NOT NULL FROM orders) o
        """;

    [Fact]
    public async Task a_fixed_file_makes_the_same_rows_as_the_one_before_and_can_be_applied()
    {
        await using var project = await ProveTests.ProjectAsync("dev", "plain");
        project.Configure("plain", "require_promotion: false");
        project.Migration("0001_base", Base).Migration("0002_rows", Rows).Migration("0003_danger", Dangerous);
        (await project.RunAsync("migrate", "apply", "--env", "plain")).ExitCode.ShouldBe(0);

        // An environment that has it holds the file as it is.
        var held = await project.RunAsync("migrate", "fix", "--write", "--no-proof");
        held.Output.ShouldContain("3 migrations that an environment has applied");
        project.Remove("migrations/0003_danger.up.sql");
        project.Migration("0004_danger", Dangerous);

        var fix = await project.RunAsync("migrate", "fix", "migrations/0004_danger.up.sql", "--write");
        fix.ExitCode.ShouldBe(0, fix.ToString());
        fix.Output.ShouldContain("1 file rewritten");
        fix.Output.ShouldContain("blocks reads and writes while it works");
        (await project.RunAsync("migrate", "lint", "migrations/0004_danger.up.sql", "--fail-on", "warning")).ExitCode.ShouldBe(0);
        var apply = await project.RunAsync("migrate", "apply", "--env", "dev");
        apply.ExitCode.ShouldBe(0, apply.ToString());
        (await project["dev"].ScalarAsync(What)).ShouldBe(await project["plain"].ScalarAsync(What));
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_constraint WHERE NOT convalidated")).ShouldBe("0");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM pg_trigger WHERE NOT tgisinternal")).ShouldBe("0");
        (await project["dev"].ScalarAsync("SELECT data_type FROM information_schema.columns WHERE table_name = 'orders' AND column_name = 'amount'")).ShouldBe("bigint");
    }

    [Fact]
    public async Task a_fixed_rename_keeps_the_old_name_alive_both_ways()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        project.Migration("0001_base", Base).Migration("0002_rows", Rows).Migration("0003_rename", "ALTER TABLE orders RENAME COLUMN made_at TO created_at;\nALTER TABLE customers RENAME TO clients;");
        (await project.RunAsync("migrate", "fix", "migrations/0003_rename.up.sql", "--write")).Output.ShouldContain("in a later release");
        var apply = await project.RunAsync("migrate", "apply", "--env", "dev");
        apply.ExitCode.ShouldBe(0, apply.ToString());
        var dev = project["dev"];
        (await dev.ScalarAsync("SELECT count(*)::text FROM orders WHERE created_at IS DISTINCT FROM made_at")).ShouldBe("0");
        await dev.ExecuteAsync("UPDATE orders SET made_at = '2020-01-01' WHERE id = 1; UPDATE orders SET created_at = '2021-01-01' WHERE id = 2; INSERT INTO orders (id, amount, made_at) VALUES (-1, 1, '2022-01-01'); INSERT INTO orders (id, amount, created_at) VALUES (-2, 1, '2023-01-01')");
        (await dev.ScalarAsync("SELECT string_agg(extract(year FROM created_at)::text || extract(year FROM made_at)::text, ' ' ORDER BY id) FROM orders WHERE id < 3")).ShouldBe("20232023 20222022 20202020 20212021");
        await dev.ExecuteAsync("INSERT INTO customers (id, email) VALUES (-1, 'a@example.org')");
        (await dev.ScalarAsync("SELECT email FROM clients WHERE id = -1")).ShouldBe("a@example.org");
    }

    [Fact]
    public async Task without_write_nothing_is_changed_and_the_exit_code_says_that_there_is_something_to_do()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_base", Base).Migration("0002_index", "CREATE INDEX orders_note_idx ON orders (note);");
        var file = Path.Combine(project.Folder, "migrations", "0002_index.up.sql");
        var before = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var shown = await project.RunAsync("migrate", "fix", "--no-proof");
        shown.ExitCode.ShouldBe(1, shown.ToString());
        shown.Output.ShouldContain("+CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);");
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    [Fact]
    public async Task line_ends_of_windows_stay()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_base", Base).File("migrations/0002_index.up.sql", "-- first\r\nCREATE INDEX orders_note_idx ON orders (note);\r\n");
        (await project.RunAsync("migrate", "fix", "--write", "--no-proof")).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(Path.Combine(project.Folder, "migrations", "0002_index.up.sql"), TestContext.Current.CancellationToken))
            .ShouldBe("-- lk: no-transaction\r\n-- first\r\nCREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);\r\n");
    }

    [Fact]
    public async Task a_do_block_that_commits_is_run_outside_of_a_transaction()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_base", Base).Migration("0002_batches", "DO $$ BEGIN FOR n IN 1..3 LOOP INSERT INTO customers VALUES (n, 'x'); COMMIT; END LOOP; END $$;");
        var apply = await project.RunAsync("migrate", "apply", "--env", "dev");
        apply.ExitCode.ShouldBe(0, apply.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM customers")).ShouldBe("3");
    }
}
