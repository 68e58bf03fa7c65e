using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Expand;

/// <summary>Columns that move to a table of their own, with both applications at work.</summary>
public sealed class MoveTests
{
    private const string Schema = """
        CREATE TABLE countries (code text PRIMARY KEY);
        INSERT INTO countries VALUES ('de'), ('fr');
        CREATE TABLE customers (
            tenant int NOT NULL, id bigint NOT NULL, name text NOT NULL, street text, city text NOT NULL DEFAULT 'nowhere', country text REFERENCES countries (code), doc json, touched int NOT NULL DEFAULT 0,
            PRIMARY KEY (tenant, id), CONSTRAINT street_is_short CHECK (length(street) < 60));
        CREATE INDEX customers_city_idx ON customers (lower(city)) WHERE city <> '';
        CREATE INDEX customers_name_city_idx ON customers (name, city);
        CREATE UNIQUE INDEX customers_street_key ON customers (tenant, street);
        COMMENT ON COLUMN customers.street IS 'with the house''s number';
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched := NEW.touched + 1; NEW.street := trim(NEW.street); RETURN NEW; END $$;
        CREATE TRIGGER customers_touch BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch();
        INSERT INTO customers SELECT n % 3, n, 'c' || n, CASE WHEN n % 4 > 0 THEN 's' || n END, 'city ' || n % 10, CASE WHEN n % 2 = 0 THEN 'de' END, CASE WHEN n % 5 = 0 THEN '{"a": 1}'::json END FROM generate_series(1, 2000) n;
        """;

    private static readonly string[] Intent = ["move-columns", "customers.street,city,country,doc", "--to", "addresses"];

    private const string Differ = """
        SELECT count(*)::text FROM customers c FULL JOIN addresses a USING (tenant, id)
        WHERE (c.street, c.city, c.country, c.doc::text) IS DISTINCT FROM (a.street, a.city, a.country, a.doc::text)
        """;

    [Fact]
    public async Task both_forms_agree_whichever_is_written_and_the_contract_goes_there_and_back()
    {
        await using var change = await ExpandProject.CreateAsync(Schema, Intent);
        var (project, dev) = (change.Project, change.Project["dev"]);
        var before = await dev.ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot");
        await change.ApplyAsync(change.Phases[0]);
        await change.ApplyAsync(change.Phases[1]);
        (await dev.ScalarAsync(Differ)).ShouldBe("0");
        (await dev.ScalarAsync("SELECT count(*)::text FROM addresses")).ShouldBe("2000");
        await dev.ExecuteAsync(
            """
            INSERT INTO customers (tenant, id, name) VALUES (9, 1, 'old, with defaults');
            INSERT INTO customers (tenant, id, name, street) VALUES (9, 2, 'old', ' Main Street ');
            UPDATE customers SET city = 'Bonn', doc = '{"b": 2}' WHERE tenant = 9 AND id = 2;
            BEGIN; INSERT INTO customers (tenant, id, name) VALUES (9, 3, 'new'); INSERT INTO addresses (tenant, id, street, city, country) VALUES (9, 3, ' Lane ', 'Nice', 'fr'); COMMIT;
            INSERT INTO customers (tenant, id, name) VALUES (9, 4, 'new, one by one');
            INSERT INTO addresses (tenant, id, city) VALUES (9, 4, 'Brest');
            UPDATE addresses SET street = 'Quay' WHERE tenant = 9 AND id = 4;
            INSERT INTO customers (tenant, id, name) VALUES (9, 5, 'the address goes');
            DELETE FROM addresses WHERE tenant = 9 AND id = 5;
            INSERT INTO customers (tenant, id, name, city) VALUES (9, 6, 'goes', 'Ulm'), (9, 7, 'another key', 'Ulm');
            DELETE FROM customers WHERE tenant = 9 AND id = 6;
            UPDATE customers SET id = 70 WHERE tenant = 9 AND id = 7;
            INSERT INTO customers (tenant, id, name, city) VALUES (9, 7, 'once more', 'Trier') ON CONFLICT (tenant, id) DO UPDATE SET city = excluded.city;
            INSERT INTO addresses (tenant, id, city) VALUES (9, 7, 'Mainz') ON CONFLICT (tenant, id) DO UPDATE SET city = excluded.city;
            """);
        (await dev.ScalarAsync("SELECT string_agg(id || ' ' || coalesce(street, '-') || ' ' || coalesce(city, '-'), ', ' ORDER BY id) FROM customers WHERE tenant = 9"))
            .ShouldBe("1 - nowhere, 2 Main Street Bonn, 3 Lane Nice, 4 Quay Brest, 5 - -, 7 - Mainz, 70 - Ulm");
        (await dev.ScalarAsync("SELECT string_agg(id || ' ' || coalesce(street, '-') || ' ' || coalesce(city, '-'), ', ' ORDER BY id) FROM addresses WHERE tenant = 9"))
            .ShouldBe("1 - nowhere, 2 Main Street Bonn, 3 Lane Nice, 4 Quay Brest, 7 - Mainz, 70 - Ulm");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => dev.ExecuteAsync("INSERT INTO addresses (tenant, id, city) VALUES (9, 7, 'a second one')"));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => dev.ExecuteAsync("UPDATE customers SET country = 'xx' WHERE tenant = 9 AND id = 7"));
        (await dev.ScalarAsync(Differ)).ShouldBe("0");
        // No second write of a row echoes.
        (await dev.ScalarAsync("SELECT touched::text FROM customers WHERE tenant = 9 AND id = 2")).ShouldBe("2");

        var (rows, expanded) = (await RowsAsync(), await dev.ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot"));
        await change.ApplyAsync(change.Phases[2]);
        (await dev.ScalarAsync("SELECT count(*)::text FROM pg_proc WHERE proname ~ 'lk_(sync|yield)'")).ShouldBe("0");
        var back = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        (await dev.ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot")).ShouldBe(expanded);
        (await RowsAsync()).ShouldBe(rows);
        await dev.ExecuteAsync("UPDATE customers SET city = 'Worms' WHERE city IS NULL");
        back = await project.RunAsync("migrate", "rollback", "--env", "dev", "--to", "0001", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        (await dev.ScalarAsync("SELECT fingerprint FROM lockkeeper.snapshot")).ShouldBe(before);

        async Task<string?> RowsAsync() => await dev.ScalarAsync("SELECT md5(string_agg(concat_ws('|', tenant, id, name, street, city, country, doc), ',' ORDER BY tenant, id)) FROM customers");
    }

    [Fact]
    public async Task what_cannot_move_is_named_and_nothing_is_written()
    {
        await using var project = await ProveTests.ProjectAsync("dev");
        project.Migration("0001_base",
            """
            CREATE TABLE orders (id int PRIMARY KEY, code text UNIQUE, stamp timestamptz DEFAULT clock_timestamp(), number serial, note text, total int);
            CREATE TABLE lines (code text REFERENCES orders (code));
           
            CREATE TABLE hidden (id int PRIMARY KEY, note text);
            ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
            """);
        (string Subject, string To, string Why)[] refused =
        [
            ("orders.id", "more", "is of the primary key"),
            ("orders.code", "more", "the foreign key lines_code_fkey of lines points at what would move"),
            ("orders.note,stamp", "more", "gets another value for each row by itself"),
            ("orders.note", "orders", "are in orders already"),
            ("orders.note", "lines", "the server refuses the change: relation \"lines\" already exists"),
            ("hidden.note", "more", "policies say who sees which rows"),
        ];
        foreach (var (subject, to, why) in refused)
        {
            var expand = await project.RunAsync("migrate", "expand", "move-columns", subject, "--to", to);
            expand.ExitCode.ShouldBe(5, expand.ToString());
            expand.Errors.ShouldContain("LK3180");
            expand.Errors.ShouldContain(why);
        }

        (await project.RunAsync("migrate", "expand", "move-columns", "orders.note")).Errors.ShouldContain("move-columns needs --to TABLE");
        Directory.GetFiles(Path.Combine(project.Folder, "migrations")).Length.ShouldBe(1);
    }
}
