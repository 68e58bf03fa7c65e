using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>Two versions of an application see one table in two forms, each by its search_path or by the table's name.</summary>
public sealed class VersionViewTests
{
    private const string Schema = """
        CREATE TABLE orders (id serial PRIMARY KEY, amount numeric(12,2), note text NOT NULL DEFAULT 'none', code text UNIQUE);
        ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
        CREATE POLICY mine ON orders USING (true);
        GRANT SELECT (id), UPDATE (amount) ON orders TO PUBLIC;
        INSERT INTO orders (amount, note, code) SELECT n / 4.0, 'note ' || n, 'c' || n FROM generate_series(1, 3000) n;
        """;

    [Fact]
    public async Task the_same_statements_work_before_between_and_after_the_phases_for_the_application_that_has_the_view()
    {
        await using var change = await ExpandProject.CreateAsync(
            Schema, "change-type", "orders.amount", "--type", "bigint", "--using", "(amount * 100)::bigint", "--back", "amount_new / 100.0", "--views", "v2");
        var (project, dev) = (change.Project, change.Project["dev"]);
        var before = await dev.ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot");
        await change.ApplyAsync(change.Phases[0]);
        // The statements are the same all the time, prepared on the server too: it is the search_path that says which form they mean.
        var version = new Version(
            "INSERT INTO orders (id, amount) VALUES ($1, $2::text::bigint) ON CONFLICT (id) DO NOTHING", "UPDATE orders SET amount = $2::text::bigint WHERE id = $1", "SELECT amount FROM orders WHERE id = $1");
        await change.ApplyAsync(change.Phases[1]);
        await using (var made = new Application(dev, version, 200_000, n => $"{n * 7}", "v2, public"))
        {
            await using (var old = new Application(
                dev, new("INSERT INTO orders (id, amount) VALUES ($1, $2::text::numeric)", "UPDATE orders SET amount = $2::text::numeric WHERE id = $1", "SELECT amount FROM orders WHERE id = $1"), 100_000, n => $"{n}.25", "public"))
            {
                (await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes")).ExitCode.ShouldBe(0);
                (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
                await old.StopAsync();
            }

            await change.ApplyAsync(change.Phases[2]);
            (await dev.ScalarAsync("SELECT count(*)::text FROM pg_namespace WHERE nspname = 'v2'")).ShouldBe("0");
            var back = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
            back.ExitCode.ShouldBe(0, back.ToString());
            await made.StopAsync();
        }

        (await dev.ScalarAsync("SELECT count(*)::text FROM orders WHERE amount_new IS DISTINCT FROM (amount * 100)::bigint")).ShouldBe("0");
        (await dev.ScalarAsync("SELECT sum(amount)::text FROM v2.orders")).ShouldBe(await dev.ScalarAsync("SELECT sum(amount_new)::text FROM orders"));
        // Neither the rights nor the policies of the table are gone past.
        (await dev.ScalarAsync("SELECT concat_ws(' ', reloptions, relacl IS NULL, (SELECT string_agg(attname || ' ' || attacl::text, ', ' ORDER BY attname) FROM pg_attribute a WHERE attrelid = c.oid AND attacl IS NOT NULL)) FROM pg_class c WHERE oid = 'v2.orders'::regclass"))!
            .ShouldMatch("^\\{security_invoker=true\\} t amount \\{=w/.*\\}, id \\{=r/.*\\}$");
        var all = await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0001", "--yes");
        all.ExitCode.ShouldBe(0, all.ToString());
        (await dev.ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot")).ShouldBe(before);
    }

    [Fact]
    public async Task two_changes_share_the_schema_of_a_version_and_a_table_keeps_its_old_name()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        project.Configure("dev", "contract: { hold: false }");
        project.Migration("0001_base", Schema + "CREATE TABLE customers (id int PRIMARY KEY, name text, street text); INSERT INTO customers VALUES (1, 'A B', 'Quay');");
        string[][] intents =
        [
            ["rename-column", "orders.note", "--to", "remark", "--views", "v2"],
            ["split-column", "customers.name", "--into", "first text = split_part(name, ' ', 1); last text = split_part(name, ' ', 2)", "--back", "first || ' ' || last", "--views", "v2"],
            ["rename-table", "orders", "--to", "purchases"],
        ];
        foreach (var intent in intents)
        {
            var expand = await project.RunAsync(["migrate", "expand", .. intent]);
            expand.ExitCode.ShouldBe(0, expand.ToString());
        }

        var prove = (await project.JsonAsync("migrate", "prove", "--last", "8"))["data"]!["databases"]![0]!;
        var proofs = prove["migrations"]!.AsArray();
        proofs.Count.ShouldBe(8, prove["findings"]!.ToJsonString());
        foreach (var proof in proofs)
            proof!["way_back"]!["state"]!.GetValue<string>().ShouldBe("proven", proof.ToJsonString());
        prove["findings"]!.AsArray().Select(finding => finding!.ToJsonString()).ShouldBeEmpty();
        var lint = await project.RunAsync("migrate", "lint");
        lint.Output.Split('\n').Where(line => (line.Contains(": warning:", StringComparison.Ordinal) || line.Contains(": error:", StringComparison.Ordinal)) && !line.Contains("0001", StringComparison.Ordinal)).ShouldBeEmpty();

        foreach (var (intent, why, code) in new[]
        {
            ("rename-table customers --to customers", "is called so already", 5), ("rename-table customers --to purchases", "already exists", 5), ("rename-column customers.street --to road --views public", "cannot be in public", 5),
            ("add-unique customers.street --views v3", "add-unique has no second form", 2), ("rename-table nowhere --to x", "there is no table nowhere", 5),
        })
        {
            var expand = await project.RunAsync(["migrate", "expand", .. intent.Split(' ')]);
            expand.ExitCode.ShouldBe(code, expand.ToString());
            expand.Errors.ShouldContain(why);
        }
    }

    [Fact]
    public async Task a_table_is_read_and_written_by_both_names_until_the_contract()
    {
        await using var change = await ExpandProject.CreateAsync(Schema + "CREATE SCHEMA archive;", "rename-table", "orders", "--to", "archive.purchases");
        var dev = change.Project["dev"];
        await change.ApplyAsync(change.Phases[0]);
        await dev.ExecuteAsync("INSERT INTO orders (note) VALUES ('old'); INSERT INTO archive.purchases (note) VALUES ('new'); UPDATE orders SET note = 'older' WHERE note = 'new'; DELETE FROM archive.purchases WHERE note = 'old';"
            + "INSERT INTO orders (id, note) VALUES (1, 'up') ON CONFLICT (id) DO UPDATE SET note = excluded.note;");
        (await dev.ScalarAsync("SELECT string_agg(id || ' ' || note, ', ' ORDER BY id) FROM orders WHERE id = 1 OR id > 3000")).ShouldBe("1 up, 3002 older");
        await change.ApplyAsync(change.Phases[1]);
        (await dev.ScalarAsync("SELECT count(*)::text FROM archive.purchases")).ShouldBe("3001");
        var back = await change.Project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0001", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        (await dev.ScalarAsync("SELECT count(*)::text FROM orders")).ShouldBe("3001");
    }
}
