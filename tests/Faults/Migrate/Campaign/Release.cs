using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;

namespace Lockkeeper.Tests.Faults.Migrate.Campaign;

/// <summary>A release that mixes every way in which a migration can run, most of it such that a second time would show.</summary>
internal static class Release
{
    /// <summary>Writes its files into a project.</summary>
    public static LkProject WithRelease(this LkProject project)
    {
        project.Configure("dev", "contract: { hold: false }")
            .Migration("0001_base", """
                CREATE TABLE customers (id bigint PRIMARY KEY, name text);
                CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint, note text, amount int);
                CREATE TABLE counted (what text PRIMARY KEY, times int NOT NULL);
                CREATE TABLE log (line text);
                INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 50) n;
                INSERT INTO orders SELECT n, 1 + n % 50, 'n' || n % 7, n FROM generate_series(1, 2000) n;
                INSERT INTO counted VALUES ('small', 0), ('steps', 0), ('whole', 0);
                """)
            .Migration("0002_copy", "COPY log (line) FROM stdin;\nfirst\nsecond\nthird\n\\.\nINSERT INTO log VALUES ('fourth');\n");
        for (var n = 3; n <= 8; n++)
            project.Migration($"{n:0000}_small", $"CREATE TABLE small_{n} (id int);\nUPDATE counted SET times = times + 1 WHERE what = 'small';");
        return project
            .Migration("0009_indexes", """
                -- lk: no-transaction
                INSERT INTO log VALUES ('indexes begin');
                CREATE INDEX CONCURRENTLY orders_note ON orders (note);
                UPDATE counted SET times = times + 1 WHERE what = 'steps';
                CREATE INDEX CONCURRENTLY ON orders (amount);
                INSERT INTO log VALUES ('indexes end');
                """)
            .Migration("0010_key", "ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers NOT VALID;")
            .Migration("0011_validate", "ALTER TABLE orders VALIDATE CONSTRAINT orders_customer;")
            .Migration("0012_not_null", """
                -- lk: no-transaction
                ALTER TABLE orders ADD CONSTRAINT orders_note_there CHECK (note IS NOT NULL) NOT VALID;
                ALTER TABLE orders VALIDATE CONSTRAINT orders_note_there;
                ALTER TABLE orders ALTER note SET NOT NULL;
                ALTER TABLE orders DROP CONSTRAINT orders_note_there;
                UPDATE counted SET times = times + 1 WHERE what = 'steps';
                """)
            .Migration("0013_whole", "UPDATE orders SET amount = amount + 1;\nSELECT pg_sleep(0.02);\nUPDATE counted SET times = times + 1 WHERE what = 'whole';\nALTER TABLE customers ADD COLUMN city text;")
            .Migration("0014_partitions", """
                CREATE TABLE days (day int NOT NULL) PARTITION BY RANGE (day);
                CREATE TABLE day_1 PARTITION OF days FOR VALUES FROM (1) TO (2);
                CREATE TABLE day_2 PARTITION OF days FOR VALUES FROM (2) TO (3);
                INSERT INTO days VALUES (1), (2);
                """)
            .Migration("0015_rebuild", """
                -- lk: no-transaction
                ALTER TABLE days DETACH PARTITION day_1 CONCURRENTLY;
                REINDEX TABLE CONCURRENTLY orders;
                DROP INDEX CONCURRENTLY orders_note;
                VACUUM orders;
                UPDATE counted SET times = times + 1 WHERE what = 'steps';
                """)
            .Migration("0016_backfill", """
                INSERT INTO log VALUES ('backfill begins');
                -- lk: backfill key: id, max_rows: 150
                UPDATE orders SET amount = amount + 3;
                INSERT INTO log VALUES ('backfill ends');
                """)
            // The phases of a renamed column, as lk migrate expand writes them.
            .Migration("0017_expand", """
                ALTER TABLE orders ADD COLUMN remark text;
                CREATE FUNCTION zlk_sync_orders_note() RETURNS trigger LANGUAGE plpgsql AS $sync$
                BEGIN
                    IF NEW.remark IS NOT DISTINCT FROM NEW.note THEN
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.remark IS NULL THEN
                            NEW.remark := NEW.note;
                        ELSE
                            NEW.note := NEW.remark;
                        END IF;
                    ELSIF NEW.remark IS DISTINCT FROM OLD.remark THEN
                        NEW.note := NEW.remark;
                    ELSIF NEW.note IS DISTINCT FROM OLD.note THEN
                        NEW.remark := NEW.note;
                    END IF;
                    RETURN NEW;
                END
                $sync$;
                CREATE TRIGGER zlk_sync_orders_note BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION zlk_sync_orders_note();
                """)
            .Migration("0018_fill", """
                -- lk: no-transaction
                -- lk: backfill max_rows: 400
                UPDATE orders SET remark = note WHERE remark IS NULL AND note IS NOT NULL;
                ALTER TABLE orders ADD CONSTRAINT orders_remark_not_null CHECK (remark IS NOT NULL) NOT VALID;
                ALTER TABLE orders VALIDATE CONSTRAINT orders_remark_not_null;
                ALTER TABLE orders ALTER COLUMN remark SET NOT NULL;
                ALTER TABLE orders DROP CONSTRAINT orders_remark_not_null;
                CREATE INDEX CONCURRENTLY orders_remark_idx ON public.orders USING btree (lower(remark));
                """)
            .Migration("0019_contract", """
                -- lk: contract of public.orders.note
                DROP TRIGGER zlk_sync_orders_note ON orders;
                DROP FUNCTION zlk_sync_orders_note();
                ALTER TABLE orders DROP COLUMN note;
                """);
    }

    /// <summary>What a database holds: schema, rows, history and leftovers. The same for every run that ended well, however it was disturbed.</summary>
    public static async Task<string> OutcomeAsync(this TestDatabase database) => await database.ScalarAsync(
        """
        SELECT concat_ws(E'\n',
            (SELECT fingerprint FROM lockkeeper.snapshot),
            (SELECT string_agg(id || ' ' || outcome, ' ' ORDER BY applied_order) FROM lockkeeper.migrations),
            (SELECT string_agg(what || ' ' || times, ' ' ORDER BY what) FROM counted),
            (SELECT string_agg(line, ',' ORDER BY line) FROM log),
            (SELECT concat_ws(' ', count(*), sum(amount), md5(string_agg(o::text, ' ' ORDER BY id))) FROM orders o),
            (SELECT concat_ws(' ', (SELECT count(*) FROM days), (SELECT count(*) FROM day_1))),
            (SELECT string_agg(indexrelid::regclass || ':' || indisvalid, ' ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = 'orders'::regclass),
            (SELECT 'intents ' || count(*) FROM lockkeeper.intents),
            (SELECT outcome FROM lockkeeper.releases))
        """) ?? "";
}
