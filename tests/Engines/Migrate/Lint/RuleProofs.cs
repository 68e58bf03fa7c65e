using static Lockkeeper.Tests.Engines.Migrate.Lint.RowsWork;

namespace Lockkeeper.Tests.Engines.Migrate.Lint;

/// <summary>For each rule that speaks of a lock, a scan or a rewrite: what shows it, and what shows that the safe way is safe.</summary>
internal static class RuleProofs
{
    private const string AccessExclusive = "AccessExclusiveLock", ShareRowExclusive = "ShareRowExclusiveLock", Share = "ShareLock", Exclusive = "ExclusiveLock";

    private const string Orders =
        """
        CREATE TABLE orders (id bigint NOT NULL, customer_id bigint, state text, note text, net numeric, PRIMARY KEY (id));
        INSERT INTO orders SELECT n, 1, 'new', 'note', n FROM generate_series(1, 500) n;
        """;

    private const string OrdersAndLines = Orders +
        """

        CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint, note text);
        INSERT INTO lines SELECT n, n, 'note' FROM generate_series(1, 500) n;
        """;

    private const string Events =
        """
        CREATE TABLE events (at int NOT NULL, kind text) PARTITION BY RANGE (at);
        CREATE TABLE events_low PARTITION OF events FOR VALUES FROM (0) TO (1000);
        CREATE TABLE events_high (at int NOT NULL, kind text);
        INSERT INTO events SELECT n, 'kind' FROM generate_series(1, 500) n;
        INSERT INTO events_high SELECT n, 'kind' FROM generate_series(1000, 1499) n;
        """;

    private const string Typed =
        """
        CREATE TABLE orders (id int PRIMARY KEY, code varchar(20) UNIQUE, price numeric(10, 2), weight numeric(5), total numeric, made_at timestamp(3), took interval(3), fixed char(10),
            names varchar(10)[], flags varbit(8), net cidr, state varchar(20) CHECK (state <> ''), email varchar(50), part varchar(10));
        INSERT INTO orders SELECT n, n::text, n, n, n, '2024-01-01', '1 h', n::text, ARRAY[n::text], B'1', '10.0.0.0/8', 'new', n::text, n::text FROM generate_series(1, 500) n;
        CREATE INDEX orders_code_idx ON orders (code);
        CREATE INDEX orders_net_idx ON orders (net);
        CREATE UNIQUE INDEX orders_email_idx ON orders (lower(email));
        CREATE INDEX orders_part_idx ON orders (part) WHERE part <> 'x';
        """;

    public static IReadOnlyList<RuleProof> All { get; } =
    [
        new("require-concurrent-index-creation", Orders, "CREATE INDEX i ON orders (state)", [new("orders", Share, Scan)], "CREATE INDEX CONCURRENTLY i ON orders (state)"),
        new("require-concurrent-index-deletion", Orders + "CREATE INDEX i ON orders (state);", "DROP INDEX i", [new("orders", AccessExclusive)], "DROP INDEX CONCURRENTLY i"),
        new("require-concurrent-reindex", Orders, "REINDEX TABLE orders", [new("orders", Share, Scan), new("orders_pkey", AccessExclusive, Rewrite)], "REINDEX TABLE CONCURRENTLY orders"),
        new("require-concurrent-reindex", Orders, "REINDEX INDEX orders_pkey", [new("orders", Share, Scan), new("orders_pkey", AccessExclusive, Rewrite)], "REINDEX INDEX CONCURRENTLY orders_pkey"),
        new("index-on-partitioned-table", Events, "CREATE INDEX i ON events (kind)", [new("events_low", Share, Scan)], "CREATE INDEX i ON ONLY events (kind)", "CREATE INDEX CONCURRENTLY j ON events_low (kind)", "ALTER INDEX i ATTACH PARTITION j"),
        new("require-concurrent-partition-detach", Events, "ALTER TABLE events DETACH PARTITION events_low", [new("events", AccessExclusive)], "ALTER TABLE events DETACH PARTITION events_low CONCURRENTLY"),
        new("ban-vacuum-full", Orders, "CLUSTER orders USING orders_pkey", [new("orders", AccessExclusive, Rewrite)], "VACUUM (FULL false, ANALYZE) orders", "ALTER TABLE orders CLUSTER ON orders_pkey"),
        new("adding-primary-key", "CREATE TABLE keyless AS SELECT n::bigint AS id FROM generate_series(1, 500) n;", "ALTER TABLE keyless ADD PRIMARY KEY (id)", [new("keyless", AccessExclusive, Scan)],
            "CREATE UNIQUE INDEX CONCURRENTLY i ON keyless (id)", "ALTER TABLE keyless ADD CONSTRAINT id_set CHECK (id IS NOT NULL) NOT VALID", "ALTER TABLE keyless VALIDATE CONSTRAINT id_set", "ALTER TABLE keyless ALTER COLUMN id SET NOT NULL", "ALTER TABLE keyless ADD CONSTRAINT k PRIMARY KEY USING INDEX i"),
        new("adding-primary-key", "CREATE TABLE keyless (id bigint); CREATE UNIQUE INDEX i ON keyless (id); INSERT INTO keyless SELECT n FROM generate_series(1, 500) n;", "ALTER TABLE keyless ADD CONSTRAINT k PRIMARY KEY USING INDEX i", [new("keyless", AccessExclusive, Scan)],
            "ALTER TABLE keyless ADD CONSTRAINT id_set CHECK (id IS NOT NULL) NOT VALID", "ALTER TABLE keyless VALIDATE CONSTRAINT id_set", "ALTER TABLE keyless ADD CONSTRAINT k PRIMARY KEY USING INDEX i"),
        new("disallowed-unique-constraint", Orders, "ALTER TABLE orders ADD CONSTRAINT u UNIQUE (net)", [new("orders", AccessExclusive, Scan)], "CREATE UNIQUE INDEX CONCURRENTLY u ON orders (net)", "ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX u"),
        new("disallowed-unique-constraint", Orders, "ALTER TABLE orders ADD COLUMN code text UNIQUE", [new("orders", AccessExclusive, Scan)], "ALTER TABLE orders ADD COLUMN code text"),
        new("adding-exclusion-constraint", "CREATE TABLE stays AS SELECT int4range(n, n + 1) AS during FROM generate_series(1, 500) n;", "ALTER TABLE stays ADD EXCLUDE USING gist (during WITH &&)", [new("stays", AccessExclusive, Scan)], "CREATE TABLE visits (during int4range, EXCLUDE USING gist (during WITH &&))"),
        new("adding-foreign-key-constraint", OrdersAndLines, "ALTER TABLE lines ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES orders", [new("lines", ShareRowExclusive, Scan), new("orders", ShareRowExclusive)],
            "ALTER TABLE lines ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES orders NOT VALID", "ALTER TABLE lines VALIDATE CONSTRAINT f", "ALTER TABLE lines ADD COLUMN other_id bigint REFERENCES orders"),
        new("adding-not-nullable-field", Orders, "ALTER TABLE orders ALTER COLUMN note SET NOT NULL", [new("orders", AccessExclusive, Scan)],
            "ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL) NOT VALID", "ALTER TABLE orders VALIDATE CONSTRAINT c", "ALTER TABLE orders ALTER COLUMN note SET NOT NULL", "ALTER TABLE orders DROP CONSTRAINT c"),
        new("constraint-missing-not-valid", Orders, "ALTER TABLE orders ADD CONSTRAINT c CHECK (net > 0)", [new("orders", AccessExclusive, Scan)], "ALTER TABLE orders ADD CONSTRAINT c CHECK (net > 0) NOT VALID", "ALTER TABLE orders VALIDATE CONSTRAINT c"),
        new("constraint-missing-not-valid", Orders, "ALTER TABLE orders ADD COLUMN rating int CHECK (rating > 0)", [new("orders", AccessExclusive, Scan)], "ALTER TABLE orders ADD COLUMN rating int"),
        new("validate-in-same-transaction", Orders, "ALTER TABLE orders ADD CONSTRAINT c CHECK (net > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c", [new("orders", AccessExclusive, Scan)], "ALTER TABLE orders ADD CONSTRAINT c CHECK (net > 0) NOT VALID", "ALTER TABLE orders VALIDATE CONSTRAINT c"),
        new("adding-field-with-default", Orders, "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()", [new("orders", AccessExclusive, Rewrite)],
            "ALTER TABLE orders ADD COLUMN a timestamptz NOT NULL DEFAULT now()", "ALTER TABLE orders ADD COLUMN b timestamptz DEFAULT CURRENT_TIMESTAMP", "ALTER TABLE orders ADD COLUMN c text NOT NULL DEFAULT 'new'", "ALTER TABLE orders ADD COLUMN d text[] DEFAULT '{}'::text[]",
            "ALTER TABLE orders ADD COLUMN e date DEFAULT (now() AT TIME ZONE 'utc')::date", "ALTER TABLE orders ADD COLUMN f jsonb DEFAULT jsonb_build_object('v', 1)", "ALTER TABLE orders ADD COLUMN g text DEFAULT current_user", "ALTER TABLE orders ADD COLUMN h uuid", "ALTER TABLE orders ALTER COLUMN h SET DEFAULT gen_random_uuid()"),
        new("adding-field-with-default", Orders, "ALTER TABLE orders ADD COLUMN seen_at timestamptz DEFAULT clock_timestamp()", [new("orders", AccessExclusive, Rewrite)], "ALTER TABLE orders ADD COLUMN seen_at timestamptz DEFAULT statement_timestamp()"),
        new("adding-stored-generated-column", Orders, "ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 2) STORED", [new("orders", AccessExclusive, Rewrite)], "ALTER TABLE orders ADD COLUMN gross numeric"),
        new("adding-serial-column", Orders, "ALTER TABLE orders ADD COLUMN number bigserial", [new("orders", AccessExclusive, Rewrite)], "CREATE SEQUENCE s", "ALTER TABLE orders ADD COLUMN number bigint", "ALTER TABLE orders ALTER COLUMN number SET DEFAULT nextval('s')", "ALTER TABLE orders ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY"),
        new("adding-serial-column", Orders, "ALTER TABLE orders ADD COLUMN number bigint GENERATED BY DEFAULT AS IDENTITY", [new("orders", AccessExclusive, Rewrite)]),
        new("adding-constrained-domain-column", Orders + "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%'); CREATE DOMAIN nick AS text;", "ALTER TABLE orders ADD COLUMN mail email", [new("orders", AccessExclusive, Rewrite)], "ALTER TABLE orders ADD COLUMN nick nick", "ALTER TABLE orders ADD COLUMN mails email[]"),
        .. Changes("ALTER COLUMN id TYPE bigint", "ALTER COLUMN code TYPE varchar(10)", "ALTER COLUMN price TYPE numeric(12, 4)", "ALTER COLUMN total TYPE numeric(12, 2)", "ALTER COLUMN fixed TYPE char(20)", "ALTER COLUMN names TYPE text[]", "ALTER COLUMN code TYPE text USING upper(code)"),
        new("changing-column-type", Typed + "SET timezone = 'Europe/Vienna';", "ALTER TABLE orders ALTER COLUMN made_at TYPE timestamptz", [new("orders", AccessExclusive, Rewrite)],
            "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)", "ALTER TABLE orders ALTER COLUMN code TYPE varchar", "ALTER TABLE orders ALTER COLUMN code TYPE text USING code::text", "ALTER TABLE orders ALTER COLUMN price TYPE numeric(14, 2)", "ALTER TABLE orders ALTER COLUMN price TYPE numeric",
            "ALTER TABLE orders ALTER COLUMN weight TYPE numeric(9, 0)", "ALTER TABLE orders ALTER COLUMN flags TYPE bit varying(40)", "ALTER TABLE orders ALTER COLUMN net TYPE inet", "ALTER TABLE orders ALTER COLUMN made_at TYPE timestamp(6)", "ALTER TABLE orders ALTER COLUMN took TYPE interval(6)", "ALTER TABLE orders ALTER COLUMN took TYPE interval", "ALTER TABLE orders ALTER COLUMN id TYPE integer"),
        new("changing-column-type", Typed, "ALTER TABLE orders ALTER COLUMN state TYPE varchar(40)", [new("orders", AccessExclusive, Scan)], "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)"),
        new("changing-column-type", Typed, "ALTER TABLE orders ALTER COLUMN email TYPE text", [new("orders", AccessExclusive, Scan), new("orders_email_idx", AccessExclusive)]),
        new("changing-column-type", Typed, "ALTER TABLE orders ALTER COLUMN part TYPE varchar(40)", [new("orders", AccessExclusive, Scan)], "ALTER TABLE orders ALTER COLUMN net TYPE inet"),
        new("changing-table-storage", Orders, "ALTER TABLE orders SET UNLOGGED", [new("orders", AccessExclusive, Rewrite)], "ALTER TABLE orders SET (fillfactor = 80)"),
        new("attach-partition-without-check", Events, "ALTER TABLE events ATTACH PARTITION events_high FOR VALUES FROM (1000) TO (2000)", [new("events_high", AccessExclusive, Scan)],
            "ALTER TABLE events_high ADD CONSTRAINT c CHECK (at >= 1000 AND at < 2000 AND at IS NOT NULL) NOT VALID", "ALTER TABLE events_high VALIDATE CONSTRAINT c", "ALTER TABLE events ATTACH PARTITION events_high FOR VALUES FROM (1000) TO (2000)"),
        new("attach-partition-without-check", Events + "CREATE TABLE rest PARTITION OF events DEFAULT; INSERT INTO events SELECT n FROM generate_series(5001, 5500) n; ALTER TABLE events_high ADD CONSTRAINT c CHECK (at >= 1000 AND at < 2000);",
            "ALTER TABLE events ATTACH PARTITION events_high FOR VALUES FROM (1000) TO (2000)", [new("rest", AccessExclusive, Scan)],
            "ALTER TABLE rest ADD CONSTRAINT c CHECK (NOT (at >= 1000 AND at < 2000)) NOT VALID", "ALTER TABLE rest VALIDATE CONSTRAINT c", "ALTER TABLE events ATTACH PARTITION events_high FOR VALUES FROM (1000) TO (2000)"),
        new("creating-partition-of-live-table", Events, "CREATE TABLE next PARTITION OF events FOR VALUES FROM (3000) TO (4000)", [new("events", AccessExclusive)], "CREATE TABLE next (LIKE events INCLUDING ALL); ALTER TABLE events ATTACH PARTITION next FOR VALUES FROM (3000) TO (4000)"),
        new("creating-trigger-on-live-table", Orders, "CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()", [new("orders", ShareRowExclusive)]),
        new("refresh-materialized-view-without-concurrently", Orders + "CREATE MATERIALIZED VIEW m AS SELECT id FROM orders; CREATE UNIQUE INDEX i ON m (id);", "REFRESH MATERIALIZED VIEW m", [new("m", AccessExclusive, Rewrite)], "REFRESH MATERIALIZED VIEW CONCURRENTLY m"),
        new("explicit-lock-table", Orders, "LOCK TABLE orders", [new("orders", AccessExclusive)], "LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE"),
        new("explicit-lock-table", Orders, "LOCK TABLE orders IN SHARE MODE", [new("orders", Share)]),
        new("statements-while-holding-lock", OrdersAndLines, "ALTER TABLE orders ADD COLUMN a text; UPDATE lines SET note = ''", [new("orders", AccessExclusive), new("lines", "RowExclusiveLock", Scan)], "ALTER TABLE orders ADD COLUMN a text", "UPDATE lines SET note = '' WHERE id > 0"),
        new("statements-while-holding-lock", OrdersAndLines, "ALTER TABLE orders ADD COLUMN a text; CREATE INDEX i ON orders (note)", [new("orders", AccessExclusive, Scan)], "ALTER TABLE orders ADD COLUMN a text", "CREATE INDEX i ON orders (note)"),
        new("ddl-and-dml-on-one-table", Orders, "ALTER TABLE orders ADD COLUMN a text; UPDATE orders SET a = note", [new("orders", AccessExclusive, Scan)], "ALTER TABLE orders ADD COLUMN a text", "UPDATE orders SET a = note"),
        new("several-strong-locks-held", OrdersAndLines, "ALTER TABLE orders ADD COLUMN a text; ALTER TABLE lines ADD COLUMN a text", [new("orders", AccessExclusive), new("lines", AccessExclusive)], "ALTER TABLE orders ADD COLUMN a text", "ALTER TABLE lines ADD COLUMN a text"),
        new("several-strong-locks-held", OrdersAndLines + "ALTER TABLE lines ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES orders;", "ALTER TABLE lines DROP CONSTRAINT f", [new("lines", AccessExclusive), new("orders", AccessExclusive)]),
        new("ban-truncate", Orders, "TRUNCATE orders", [new("orders", AccessExclusive, Rewrite)]),
    ];

    /// <summary>Statements that the server refuses, with the SQLSTATE that it says.</summary>
    public static IReadOnlyList<(string Rule, string Setup, string Bad, string SqlState)> Refused { get; } =
    [
        ("ban-concurrent-index-creation-in-transaction", Orders, "SELECT 1; CREATE INDEX CONCURRENTLY i ON orders (state)", "25001"),
        ("index-on-partitioned-table", Events, "CREATE INDEX CONCURRENTLY i ON events (kind)", "0A000"),
        ("adding-required-field", Orders, "ALTER TABLE orders ADD COLUMN a text NOT NULL", "23502"),
        ("alter-type-with-dependent-view", Orders + "CREATE VIEW v AS SELECT state FROM orders;", "ALTER TABLE orders ALTER COLUMN state TYPE varchar(9)", "0A000"),
    ];

    private static IEnumerable<RuleProof> Changes(params string[] parts) =>
        parts.Select(part => new RuleProof("changing-column-type", Typed, $"ALTER TABLE orders {part}", [new("orders", AccessExclusive, Rewrite)]));
}
