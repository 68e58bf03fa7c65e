using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sql;

/// <summary>The parser's opinion against what the server does.</summary>
public sealed class StatementFactsTests(FactsDatabase facts) : IClassFixture<FactsDatabase>
{
    private const string ActiveTransaction = "25001";

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY i ON orders (total)")]
    [InlineData("CREATE INDEX i ON orders (total)")]
    [InlineData("DROP INDEX CONCURRENTLY orders_note")]
    [InlineData("DROP INDEX orders_note")]
    [InlineData("REINDEX INDEX CONCURRENTLY orders_note")]
    [InlineData("REINDEX (CONCURRENTLY) TABLE orders")]
    [InlineData("REINDEX (CONCURRENTLY off) TABLE orders")]
    [InlineData("REINDEX TABLE orders")]
    [InlineData("REINDEX SCHEMA shop")]
    [InlineData("REINDEX SYSTEM postgres")]
    [InlineData("REINDEX DATABASE postgres")]
    [InlineData("VACUUM")]
    [InlineData("VACUUM orders")]
    [InlineData("VACUUM FULL orders")]
    [InlineData("ANALYZE")]
    [InlineData("ANALYZE orders")]
    [InlineData("CLUSTER")]
    [InlineData("CLUSTER orders USING orders_note")]
    [InlineData("CREATE DATABASE other")]
    [InlineData("DROP DATABASE IF EXISTS other")]
    [InlineData("DROP DATABASE other")]
    [InlineData("ALTER DATABASE postgres SET TABLESPACE pg_default")]
    [InlineData("ALTER DATABASE postgres SET work_mem = '5MB'")]
    [InlineData("ALTER DATABASE postgres WITH CONNECTION LIMIT 100")]
    [InlineData("CREATE TABLESPACE other LOCATION '/nowhere'")]
    [InlineData("DROP TABLESPACE other")]
    [InlineData("ALTER TABLESPACE pg_default SET (seq_page_cost = 1)")]
    [InlineData("ALTER SYSTEM SET work_mem = '5MB'")]
    [InlineData("ALTER SYSTEM RESET ALL")]
    [InlineData("ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY")]
    [InlineData("ALTER TABLE events DETACH PARTITION events_2024")]
    [InlineData("ALTER TABLE events DETACH PARTITION events_2024 FINALIZE")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = true)")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false)")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (create_slot = false)")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (create_slot = off, enabled = false)")]
    [InlineData("DROP SUBSCRIPTION copy")]
    [InlineData("ALTER SUBSCRIPTION active REFRESH PUBLICATION")]
    [InlineData("ALTER SUBSCRIPTION active SET PUBLICATION p")]
    [InlineData("ALTER SUBSCRIPTION active SET PUBLICATION p WITH (refresh = false)")]
    [InlineData("ALTER SUBSCRIPTION active ADD PUBLICATION p")]
    [InlineData("ALTER SUBSCRIPTION active DROP PUBLICATION changes WITH (refresh = 'no')")]
    [InlineData("ALTER SUBSCRIPTION active DISABLE")]
    [InlineData("ALTER SUBSCRIPTION copy RENAME TO other")]
    [InlineData("CREATE PUBLICATION p FOR ALL TABLES")]
    [InlineData("DISCARD ALL")]
    [InlineData("DISCARD PLANS")]
    [InlineData("DISCARD TEMP")]
    [InlineData("COMMIT PREPARED 'p'")]
    [InlineData("ROLLBACK PREPARED 'p'")]
    [InlineData("ALTER TYPE mood ADD VALUE 'so-so'")]
    [InlineData("ALTER TYPE mood RENAME VALUE 'good' TO 'fine'")]
    [InlineData("CALL nothing()")]
    [InlineData("DO $$ BEGIN END $$")]
    [InlineData("TRUNCATE orders")]
    [InlineData("LOCK TABLE orders")]
    [InlineData("REFRESH MATERIALIZED VIEW CONCURRENTLY order_totals")]
    [InlineData("CHECKPOINT")]
    [InlineData("LISTEN a")]
    [InlineData("CREATE EXTENSION pgcrypto")]
    [InlineData("CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION pg_catalog.pg_event_trigger_dropped_objects()")]
    [InlineData("ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE pg_default")]
    [InlineData("DROP OWNED BY facts_role")]
    [InlineData("CREATE ROLE r")]
    [InlineData("SET TRANSACTION READ ONLY")]
    [InlineData("SAVEPOINT a")]
    [InlineData("DECLARE c CURSOR WITH HOLD FOR SELECT 1")]
    [InlineData("IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c")]
    [InlineData("LOAD 'plpgsql'")]
    public async Task what_cannot_run_in_a_transaction_block_is_what_the_server_refuses_there(string sql)
    {
        var reason = Analyze(sql).CannotRunInTransaction;
        var state = await StateInsideOfABlockAsync(sql);
        (reason is not null).ShouldBe(state == ActiveTransaction, $"{sql}: the parser says '{reason}', the server {state ?? "runs it"}");
    }

    [Theory]
    [InlineData("SELECT * FROM orders o JOIN shop.items i ON i.order_id = o.id WHERE EXISTS (SELECT FROM customers)")]
    [InlineData("SELECT * FROM orders FOR UPDATE")]
    [InlineData("SELECT * FROM orders o, customers c FOR SHARE OF c")]
    [InlineData("SELECT * FROM customers WHERE id IN (SELECT customer_id FROM orders FOR NO KEY UPDATE)")]
    [InlineData("WITH orders AS (SELECT * FROM customers) SELECT * FROM orders")]
    [InlineData("WITH gone AS (DELETE FROM shop.items RETURNING *) INSERT INTO orders (id) SELECT id FROM gone")]
    [InlineData("INSERT INTO orders (id) SELECT id FROM customers")]
    [InlineData("UPDATE orders SET note = '' FROM customers WHERE customers.id = orders.customer_id")]
    [InlineData("DELETE FROM orders USING shop.items WHERE false")]
    [InlineData("MERGE INTO orders USING customers ON customers.id = orders.id WHEN MATCHED THEN DO NOTHING")]
    [InlineData("EXPLAIN DELETE FROM orders")]
    [InlineData("PREPARE p AS SELECT * FROM orders")]
    [InlineData("DECLARE c CURSOR FOR SELECT * FROM orders")]
    [InlineData("SELECT * INTO fresh FROM orders")]
    [InlineData("CREATE TABLE fresh AS SELECT * FROM orders")]
    [InlineData("CREATE MATERIALIZED VIEW fresh AS SELECT * FROM orders")]
    [InlineData("CREATE VIEW fresh AS SELECT * FROM orders")]
    [InlineData("CREATE OR REPLACE VIEW big_orders AS SELECT id, total FROM orders")]
    [InlineData("COPY (SELECT * FROM orders) TO '/dev/null'")]
    [InlineData("COPY orders TO '/dev/null'")]
    [InlineData("COPY orders FROM '/dev/null'")]
    [InlineData("TRUNCATE shop.items, child")]
    [InlineData("LOCK TABLE orders, customers IN SHARE MODE")]
    [InlineData("LOCK orders")]
    [InlineData("ANALYZE orders")]
    [InlineData("CLUSTER orders USING orders_note")]
    [InlineData("REFRESH MATERIALIZED VIEW order_totals")]
    [InlineData("REFRESH MATERIALIZED VIEW CONCURRENTLY order_totals")]
    [InlineData("CREATE INDEX fresh ON orders (total)")]
    [InlineData("REINDEX TABLE orders")]
    [InlineData("REINDEX INDEX orders_note")]
    [InlineData("DROP INDEX orders_note")]
    [InlineData("DROP TABLE shop.items")]
    [InlineData("DROP TABLE orders CASCADE")]
    [InlineData("DROP VIEW big_orders")]
    [InlineData("DROP MATERIALIZED VIEW order_totals")]
    [InlineData("DROP SEQUENCE numbers")]
    [InlineData("DROP TRIGGER touch ON orders")]
    [InlineData("DROP POLICY own ON public.orders")]
    [InlineData("DROP RULE quiet ON customers")]
    [InlineData("CREATE TABLE fresh (id int REFERENCES customers, order_id bigint, FOREIGN KEY (order_id) REFERENCES orders)")]
    [InlineData("CREATE TABLE fresh (LIKE orders INCLUDING ALL)")]
    [InlineData("CREATE TABLE fresh () INHERITS (parent)")]
    [InlineData("CREATE TABLE fresh PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")]
    [InlineData("CREATE TRIGGER fresh AFTER INSERT ON orders EXECUTE FUNCTION noop()")]
    [InlineData("CREATE CONSTRAINT TRIGGER fresh AFTER INSERT ON orders FROM customers FOR EACH ROW EXECUTE FUNCTION noop()")]
    [InlineData("CREATE RULE fresh AS ON INSERT TO orders DO ALSO INSERT INTO shop.items (id) VALUES (1)")]
    [InlineData("CREATE POLICY fresh ON orders USING (EXISTS (SELECT FROM customers))")]
    [InlineData("ALTER POLICY own ON orders USING (false)")]
    [InlineData("CREATE STATISTICS fresh ON customer_id, note FROM orders")]
    [InlineData("CREATE FUNCTION fresh() RETURNS bigint BEGIN ATOMIC SELECT id FROM orders; END")]
    [InlineData("CREATE SEQUENCE fresh OWNED BY orders.id")]
    [InlineData("ALTER SEQUENCE numbers OWNED BY public.orders.id")]
    [InlineData("ALTER SEQUENCE numbers RESTART")]
    [InlineData("ALTER SEQUENCE numbers RENAME TO digits")]
    [InlineData("ALTER SEQUENCE numbers OWNER TO facts_role")]
    [InlineData("CREATE PUBLICATION fresh FOR TABLE orders")]
    [InlineData("ALTER PUBLICATION changes ADD TABLE orders")]
    [InlineData("ALTER PUBLICATION changes DROP TABLE customers")]
    [InlineData("ALTER PUBLICATION changes SET TABLE orders")]
    [InlineData("GRANT SELECT ON orders TO facts_role")]
    [InlineData("REVOKE SELECT (id) ON orders FROM facts_role")]
    [InlineData("COMMENT ON TABLE orders IS 'a'")]
    [InlineData("COMMENT ON COLUMN public.orders.note IS 'a'")]
    [InlineData("COMMENT ON INDEX orders_note IS 'a'")]
    [InlineData("COMMENT ON CONSTRAINT total_positive ON orders IS 'a'")]
    [InlineData("COMMENT ON TRIGGER touch ON orders IS 'a'")]
    [InlineData("COMMENT ON POLICY own ON orders IS 'a'")]
    [InlineData("COMMENT ON VIEW big_orders IS 'a'")]
    [InlineData("ALTER TABLE orders ADD COLUMN extra int")]
    [InlineData("ALTER TABLE orders ADD COLUMN extra int REFERENCES shop.items")]
    [InlineData("ALTER TABLE orders DROP COLUMN note")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note TYPE varchar(10)")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note SET DEFAULT ''")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note SET NOT NULL")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note DROP NOT NULL")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note SET STATISTICS 100")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note SET (n_distinct = 5)")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note SET STORAGE external")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note SET COMPRESSION pglz")]
    [InlineData("ALTER TABLE orders ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY")]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT fresh CHECK (total < 10)")]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT fresh FOREIGN KEY (customer_id) REFERENCES customers")]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT fresh FOREIGN KEY (customer_id) REFERENCES customers NOT VALID")]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT fresh UNIQUE (note)")]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT fresh UNIQUE USING INDEX orders_note_id")]
    [InlineData("ALTER TABLE orders ADD UNIQUE USING INDEX orders_note_id")]
    [InlineData("ALTER TABLE shop.items REPLICA IDENTITY USING INDEX items_order")]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT fresh EXCLUDE (note WITH =)")]
    [InlineData("ALTER TABLE orders VALIDATE CONSTRAINT total_positive")]
    [InlineData("ALTER TABLE orders VALIDATE CONSTRAINT customer_known")]
    [InlineData("ALTER TABLE orders DROP CONSTRAINT total_positive")]
    [InlineData("ALTER TABLE orders ALTER CONSTRAINT customer_known DEFERRABLE")]
    [InlineData("ALTER TABLE orders RENAME CONSTRAINT total_positive TO other")]
    [InlineData("ALTER TABLE orders RENAME COLUMN note TO other")]
    [InlineData("ALTER TABLE orders RENAME TO other")]
    [InlineData("ALTER TABLE orders SET SCHEMA shop")]
    [InlineData("ALTER TABLE orders OWNER TO facts_role")]
    [InlineData("ALTER TABLE orders SET (fillfactor = 70)")]
    [InlineData("ALTER TABLE orders SET (autovacuum_enabled = false, parallel_workers = 2)")]
    [InlineData("ALTER TABLE orders SET (toast.autovacuum_enabled = false)")]
    [InlineData("ALTER TABLE orders SET (user_catalog_table = false)")]
    [InlineData("ALTER TABLE orders RESET (fillfactor)")]
    [InlineData("ALTER TABLE orders SET UNLOGGED")]
    [InlineData("ALTER TABLE orders SET TABLESPACE pg_default")]
    [InlineData("ALTER TABLE orders CLUSTER ON orders_note")]
    [InlineData("ALTER TABLE orders SET WITHOUT CLUSTER")]
    [InlineData("ALTER TABLE orders REPLICA IDENTITY FULL")]
    [InlineData("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")]
    [InlineData("ALTER TABLE orders DISABLE TRIGGER touch")]
    [InlineData("ALTER TABLE orders ENABLE ALWAYS TRIGGER touch")]
    [InlineData("ALTER TABLE customers DISABLE RULE quiet")]
    [InlineData("ALTER TABLE child INHERIT parent")]
    [InlineData("ALTER TABLE heir NO INHERIT parent")]
    [InlineData("ALTER TABLE events ATTACH PARTITION events_new FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')")]
    [InlineData("ALTER TABLE events DETACH PARTITION events_2024")]
    [InlineData("ALTER TABLE \"Odd Name\" ADD COLUMN x int")]
    [InlineData("ALTER TRIGGER touch ON orders RENAME TO other")]
    [InlineData("ALTER TRIGGER touch ON orders DEPENDS ON EXTENSION plpgsql")]
    [InlineData("ALTER POLICY own ON orders RENAME TO other")]
    [InlineData("ALTER RULE quiet ON customers RENAME TO other")]
    [InlineData("ALTER INDEX orders_note RENAME TO other")]
    [InlineData("ALTER INDEX orders_note SET (fillfactor = 70)")]
    [InlineData("ALTER INDEX orders_note SET (deduplicate_items = off)")]
    [InlineData("ALTER INDEX events_at ATTACH PARTITION events_2024_at")]
    [InlineData("ALTER INDEX orders_note SET TABLESPACE pg_default")]
    [InlineData("ALTER INDEX orders_note DEPENDS ON EXTENSION plpgsql")]
    [InlineData("ALTER VIEW big_orders ALTER COLUMN total SET DEFAULT 1")]
    [InlineData("ALTER VIEW big_orders SET (security_barrier = true)")]
    [InlineData("ALTER VIEW big_orders RENAME COLUMN total TO sum")]
    [InlineData("ALTER MATERIALIZED VIEW order_totals SET (fillfactor = 70)")]
    [InlineData("ALTER TYPE pair ADD ATTRIBUTE c int")]
    public async Task locks_are_those_that_the_server_takes_on_what_the_statement_names(string sql)
    {
        var locks = Analyze(sql).Locks;
        await using var connection = await facts.Database.OpenAsync();
        var before = await RelationsAsync(connection);
        await ExecuteAsync(connection, "BEGIN");
        await ExecuteAsync(connection, sql);
        var held = await HeldAsync(connection);
        await ExecuteAsync(connection, "ROLLBACK");

        var named = before.Where(relation => Names(sql, relation.Value)).ToList();
        var taken = named.Where(relation => held.ContainsKey(relation.Key)).Select(relation => $"{held[relation.Key]} on {relation.Value}");
        var expected = locks.Select(fact => $"{fact.Mode} on {Plain(fact.Relation)}");
        expected.Order().ShouldBe(taken.Order(), sql);
    }

    [Theory]
    [InlineData("ADD COLUMN extra int")]
    [InlineData("ADD COLUMN extra int NOT NULL DEFAULT 5")]
    [InlineData("ADD COLUMN extra timestamptz DEFAULT now()")]
    [InlineData("ADD COLUMN extra timestamptz DEFAULT CURRENT_TIMESTAMP")]
    [InlineData("ADD COLUMN extra text DEFAULT upper('a') || current_setting('server_version')")]
    [InlineData("ADD COLUMN extra timestamptz DEFAULT clock_timestamp()")]
    [InlineData("ADD COLUMN extra float DEFAULT random()")]
    [InlineData("ADD COLUMN extra uuid DEFAULT gen_random_uuid()")]
    [InlineData("ADD COLUMN extra bigserial")]
    [InlineData("ADD COLUMN extra int GENERATED BY DEFAULT AS IDENTITY")]
    [InlineData("ADD COLUMN extra numeric GENERATED ALWAYS AS (total * 2) STORED")]
    [InlineData("ALTER COLUMN note TYPE varchar(20)")]
    [InlineData("ALTER COLUMN status TYPE char(10)")]
    [InlineData("ALTER COLUMN note SET DEFAULT 'a'")]
    [InlineData("ALTER COLUMN note SET STORAGE external")]
    [InlineData("SET (fillfactor = 70)")]
    [InlineData("SET UNLOGGED")]
    [InlineData("DROP COLUMN note")]
    [InlineData("ENABLE ROW LEVEL SECURITY")]
    public async Task what_the_server_rewrites_is_known_to_be_rewritten(string part)
    {
        const string filenode = "SELECT pg_relation_filenode('orders')";
        await using var connection = await facts.Database.OpenAsync();
        var before = await new NpgsqlCommand(filenode, connection).ExecuteScalarAsync();
        await ExecuteAsync(connection, "BEGIN");
        await ExecuteAsync(connection, $"ALTER TABLE orders {part}");
        var after = await new NpgsqlCommand(filenode, connection).ExecuteScalarAsync();
        await ExecuteAsync(connection, "ROLLBACK");

        var says = Analyze($"ALTER TABLE orders {part}").ScansOrRewrites;
        if (!Equals(before, after))
            says.ShouldBeTrue();
        else if (!part.Contains(" TYPE ", StringComparison.Ordinal))
            says.ShouldBeFalse();
    }

    [Fact]
    public async Task functions_that_count_as_not_volatile_are_so()
    {
        var names = string.Join(',', Volatility.NotVolatile.Select(name => $"('{name}')"));
        var wrong = await facts.Database.ScalarAsync(
            $"""
            SELECT string_agg(name, ', ')
            FROM (VALUES {names}) AS listed(name)
            WHERE NOT EXISTS (SELECT FROM pg_proc WHERE proname = name AND pronamespace = 'pg_catalog'::regnamespace)
               OR EXISTS (SELECT FROM pg_proc WHERE proname = name AND provolatile = 'v')
            """);
        wrong.ShouldBeNull();
    }

    /// <summary>Whether a statement names a relation: not as a part of a longer word, and not as a column of itself.</summary>
    private static bool Names(string sql, string relation) =>
        System.Text.RegularExpressions.Regex.IsMatch(sql, $@"(?<![\w.])(public\.|shop\.|"")?{relation}(?!\w)");

    private static string Plain(string relation) => relation.Split('.')[^1].Trim('"');

    private static StatementFacts Analyze(string sql) => SqlParser.Analyze(SqlSplitter.Split(sql, "test.sql").ShouldHaveSingleItem());

    private async Task<string?> StateInsideOfABlockAsync(string sql)
    {
        await using var connection = await facts.Database.OpenAsync();
        await ExecuteAsync(connection, "BEGIN");
        try
        {
            await ExecuteAsync(connection, sql);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
        finally
        {
            await ExecuteAsync(connection, "ROLLBACK");
        }
    }

    /// <summary>The relations of the database by their object id.</summary>
    private static Task<Dictionary<uint, string>> RelationsAsync(NpgsqlConnection connection) => ReadAsync(
        connection, "SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'shop')");

    /// <summary>The strongest table-level lock of this session on each relation.</summary>
    private static Task<Dictionary<uint, string>> HeldAsync(NpgsqlConnection connection) => ReadAsync(
        connection,
        """
        SELECT DISTINCT ON (relation) relation, upper(trim(regexp_replace(left(mode, -4), '([A-Z])', ' \1', 'g')))
        FROM pg_locks
        WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
        ORDER BY relation, array_position(array['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock',
            'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'], mode) DESC
        """);

    private static async Task<Dictionary<uint, string>> ReadAsync(NpgsqlConnection connection, string sql)
    {
        var rows = new Dictionary<uint, string>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add(reader.GetFieldValue<uint>(0), reader.GetString(1));
        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        // A batch, since a command would split the body of a function at its semicolons.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(sql) } };
        await batch.ExecuteNonQueryAsync();
    }
}
