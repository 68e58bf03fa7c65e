using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>The phases of a change on a real server, with the old and the new application at work.</summary>
public sealed class ExpandTests
{
    private const string Schema = """
        CREATE TABLE customers (id bigint PRIMARY KEY, email text, name text DEFAULT 'A B');
        CREATE INDEX customers_name_idx ON customers (name);
        CREATE TABLE orders (
            id serial PRIMARY KEY, customer_id bigint REFERENCES customers (id), note text NOT NULL DEFAULT 'none' CHECK (length(note) < 100), code varchar(20) UNIQUE,
            amount numeric(12,2), stamp timestamptz DEFAULT clock_timestamp(), doc json);
        COMMENT ON COLUMN orders.note IS 'what it''s about';
        CREATE INDEX orders_note_idx ON orders (lower(note)) WHERE note <> '';
        CREATE TABLE lines (id bigint PRIMARY KEY, order_id int NOT NULL REFERENCES orders (id) ON DELETE CASCADE, order_code varchar(20) REFERENCES orders (code));
        CREATE TABLE shelves (hall text, place int, label text, PRIMARY KEY (hall, place));
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.note = 'shout' THEN NEW.note := 'SHOUT'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER orders_touch BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
        INSERT INTO customers SELECT n, CASE WHEN n % 2 = 0 THEN 'c' || n END, 'first' || n || ' last' FROM generate_series(1, 3000) n;
        INSERT INTO orders (note, code, amount) SELECT 'note ' || n, 'c' || n, n / 4.0 FROM generate_series(1, 12000) n;
        INSERT INTO lines SELECT n, n, 'c' || n FROM generate_series(1, 500) n;
        """;

    [Fact]
    public async Task every_phase_has_a_proven_way_back_and_lint_has_nothing_to_say()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        // The trigger's function names a column that goes; nothing but its author can change that.
        project.Migration("0001_base", Schema + "\nDROP TRIGGER orders_touch ON orders;");
        string[][] intents =
        [
            ["rename-column", "orders.note", "--to", "remark"],
            ["change-type", "orders.id", "--type", "bigint"],
            ["change-type", "orders.amount", "--type", "bigint", "--using", "trunc(amount * 100)::bigint", "--back", "amount_new / 100.0"],
            ["rename-column", "orders.code", "--to", "reference"],
            ["rename-column", "orders.stamp", "--to", "made_at"],
            ["rename-column", "orders.doc", "--to", "document"],
            ["set-not-null", "customers.email", "--using", "'nobody@example.org'"],
            ["split-column", "customers.name", "--into", "first text = split_part(name, ' ', 1); last text = split_part(name, ' ', 2)", "--back", "first || ' ' || last"],
            ["add-unique", "customers.id,last"],
            ["move-columns", "orders.document,amount", "--to", "prices"],
            ["change-type", "shelves.place", "--type", "bigint"],
        ];
        foreach (var intent in intents)
        {
            var expand = await project.RunAsync(["migrate", "expand", .. intent]);
            expand.ExitCode.ShouldBe(0, expand.ToString());
        }

        var prove = (await project.JsonAsync("migrate", "prove", "--last", $"{(3 * intents.Length) - 1}"))["data"]!["databases"]![0]!;
        var proofs = prove["migrations"]!.AsArray();
        proofs.Count.ShouldBe((3 * intents.Length) - 1, prove["findings"]!.ToJsonString());
        foreach (var proof in proofs)
            proof!["way_back"]!["state"]!.GetValue<string>().ShouldBe("proven", proof.ToJsonString());
        prove["findings"]!.AsArray().Select(finding => finding!.ToJsonString()).ShouldBeEmpty();
        var lint = await project.RunAsync("migrate", "lint");
        lint.Output.Split('\n').Where(line => line.Contains(": warning:", StringComparison.Ordinal) || line.Contains(": error:", StringComparison.Ordinal))
            // What a rule says of the column's own type it says of the old column too.
            .Where(line => !line.Contains("0001", StringComparison.Ordinal) && !line.Contains("[prefer-", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task each_application_may_write_null_a_default_or_both_columns_at_once()
    {
        await using var change = await ExpandProject.CreateAsync("CREATE TABLE orders (id int PRIMARY KEY, note text DEFAULT 'none'); INSERT INTO orders VALUES (1, 'first');", "rename-column", "orders.note", "--to", "remark");
        var dev = change.Project["dev"];
        await change.ApplyAsync(change.Phases[0]);
        await dev.ExecuteAsync(
            """
            INSERT INTO orders (id) VALUES (2);
            INSERT INTO orders (id, note) VALUES (3, NULL);
            INSERT INTO orders (id, remark) VALUES (4, NULL);
            INSERT INTO orders (id, note, remark) VALUES (5, 'old', 'new');
            INSERT INTO orders (id, note) VALUES (6, 'a');
            UPDATE orders SET note = 'old', remark = 'new' WHERE id = 6;
            INSERT INTO orders (id, remark) VALUES (7, 'a') ON CONFLICT (id) DO UPDATE SET remark = excluded.remark;
            INSERT INTO orders (id, note) VALUES (7, 'b') ON CONFLICT (id) DO UPDATE SET note = excluded.note;
            INSERT INTO orders (id, note) VALUES (8, 'a');
            UPDATE orders SET remark = NULL WHERE id = 8;
            UPDATE orders SET note = 'late' WHERE id = 1;
            """);
        (await dev.ScalarAsync("SELECT string_agg(id || ' ' || coalesce(note, '-') || ' ' || coalesce(remark, '-'), ', ' ORDER BY id) FROM orders"))
            .ShouldBe("1 late late, 2 none none, 3 - -, 4 - -, 5 new new, 6 new new, 7 b b, 8 - -");
    }

    [Fact]
    public async Task a_series_in_another_tools_format_is_refused_with_a_hint_and_left_as_it_is()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File("migrations/V1__base.sql", "CREATE TABLE orders (id int PRIMARY KEY, note text);");
        var expand = await project.RunAsync("migrate", "expand", "rename-column", "orders.note", "--to", "remark");
        expand.ExitCode.ShouldBe(3, expand.ToString());
        expand.Errors.ShouldContain("LK3013");
        expand.Errors.ShouldContain("is in the format flyway");
        expand.Errors.ShouldContain("HINT: Run it in a project of the lockkeeper format");
        Directory.GetFiles(Path.Combine(project.Folder, "migrations")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task what_cannot_be_carried_over_is_named_and_nothing_is_written()
    {
        // One server for all of them.
        await using var project = await ProveTests.ProjectAsync("dev");
        project.Migration("0001_base",
            """
            CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamp, total int, base int, twice int GENERATED ALWAYS AS (base * 2) STORED);
            CREATE VIEW totals AS SELECT sum(total) AS total FROM orders;
            CREATE TABLE parts (at timestamptz NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            CREATE TABLE keyless (a int);
            """);
        (string Intent, string Why)[] refused =
        [
            ("rename-column orders.gone --to x", "has no column gone"),
            ("rename-column nowhere.note --to x", "there is no table nowhere"),
            ("rename-column orders.note --to total", "has a column total already"),
            ("rename-column orders.total --to sum", "view totals"),
            ("rename-column totals.total --to sum", "is a view"),
            ("rename-column parts.at --to moment", "is a partitioned table"),
            ("rename-column parts_1.at --to moment", "is a partition"),
            ("rename-column orders.twice --to more", "is generated"),
            ("rename-column keyless.a --to b", "has no primary key"),
            ("change-type orders.at --type timestamptz", "depends on the settings of the session, such as TimeZone"),
            ("change-type orders.note --type strange", "the server refuses the change"),
            ("change-type orders.note --type int --back note_new;DROP", "cannot be used"),
        ];
        foreach (var (intent, why) in refused)
        {
            var expand = await project.RunAsync(["migrate", "expand", .. intent.Split(' ')]);
            expand.ExitCode.ShouldBe(5, expand.ToString());
            expand.Errors.ShouldContain("LK3180");
            expand.Errors.ShouldContain(why);
        }

        Directory.GetFiles(Path.Combine(project.Folder, "migrations")).Length.ShouldBe(1);
    }
}
