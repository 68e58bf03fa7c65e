using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sql;

/// <summary>A database with one of everything that statements can touch.</summary>
public sealed class FactsDatabase : IAsyncLifetime
{
    private const string Schema = """
        CREATE SCHEMA shop;
        CREATE ROLE facts_role;
        CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
        CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text, total numeric, status text DEFAULT 'new');
        CREATE INDEX orders_note ON orders (note);
        CREATE UNIQUE INDEX orders_note_id ON orders (note, id);
        ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;
        ALTER TABLE orders ADD CONSTRAINT customer_known FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
        CREATE TABLE shop.items (id int PRIMARY KEY, order_id bigint NOT NULL, amount int);
        CREATE UNIQUE INDEX items_order ON shop.items (order_id);
        CREATE TABLE "Odd Name" (id int);
        CREATE TABLE parent (id int);
        CREATE TABLE child (id int);
        CREATE TABLE heir () INHERITS (parent);
        CREATE TABLE events (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        CREATE TABLE events_new (id int NOT NULL, at date NOT NULL);
        CREATE INDEX events_at ON ONLY events (at);
        CREATE INDEX events_2024_at ON events_2024 (at);
        CREATE VIEW big_orders AS SELECT id, total FROM orders WHERE total > 100;
        CREATE MATERIALIZED VIEW order_totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY 1;
        CREATE UNIQUE INDEX order_totals_customer ON order_totals (customer_id);
        CREATE SEQUENCE numbers;
        CREATE TYPE mood AS ENUM ('good', 'bad');
        CREATE TYPE pair AS (a int, b int);
        CREATE DOMAIN positive AS int CHECK (VALUE > 0);
        CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE PROCEDURE nothing() LANGUAGE sql AS '';
        CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION noop();
        CREATE RULE quiet AS ON DELETE TO customers DO INSTEAD NOTHING;
        CREATE POLICY own ON orders USING (true);
        CREATE STATISTICS order_stats ON status, note FROM orders;
        CREATE PUBLICATION changes FOR TABLE customers;
        CREATE SUBSCRIPTION copy CONNECTION 'host=127.0.0.1 port=1 dbname=none' PUBLICATION changes WITH (connect = false);
        CREATE SUBSCRIPTION active CONNECTION 'host=127.0.0.1 port=1 dbname=none' PUBLICATION changes WITH (connect = false);
        """;

    private SandboxCluster? cluster;
    private TestDatabase? database;

    public TestDatabase Database => database!;

    public async ValueTask InitializeAsync()
    {
        // Subscriptions and roles belong to the whole server, so this server is the fixture's own.
        cluster = await TestCluster.StartAsync();
        database = await TestDatabase.CreateAsync(cluster: cluster);
        await database.ExecuteAsync(Schema);
        await database.ExecuteAsync("ALTER SUBSCRIPTION active ENABLE");
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
    }
}
