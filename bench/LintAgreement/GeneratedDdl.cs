using System.Globalization;

namespace Lockkeeper.LintAgreement;

/// <summary>Migrations of every shape that a linter speaks of, the same ones at each call; each has a table of its own, so none disturbs another.</summary>
internal static class GeneratedDdl
{
    /// <summary>Makes what is there before: a table, a second one that it may refer to, and an enumeration for each migration.</summary>
    /// <param name="count">How many migrations come.</param>
    public static string Base(int count) => string.Concat(Enumerable.Range(1, count).Select(n => $"""
        CREATE TABLE {Table(n)} (id bigint PRIMARY KEY, code varchar(20), note text, qty integer DEFAULT 0, price numeric(8, 2), made_at timestamptz, at_old timestamp, other_id bigint, tags text[]);
        CREATE TABLE o{n:0000} (id bigint PRIMARY KEY, name text);
        CREATE INDEX {Table(n)}_old ON {Table(n)} (qty);
        CREATE UNIQUE INDEX {Table(n)}_code ON {Table(n)} (code);
        CREATE TYPE mood{n:0000} AS ENUM ('sad', 'ok');
        CREATE DOMAIN positive{n:0000} AS integer;
        CREATE VIEW v{n:0000} AS SELECT id, note FROM {Table(n)};

        """));

    /// <summary>The migration of a number from 1.</summary>
    public static string Migration(int number)
    {
        var dice = new Dice(number);
        var shape = Shapes[(number - 1) % Shapes.Length];
        var text = string.Join('\n', shape.Split('|').Select(one => one.Trim() + ";")) + "\n";
        // Some have a neighbour of another shape, limits, a transaction of their own, or none.
        if (dice.One(5))
            text += Shapes[dice.Below(Shapes.Length)].Split('|')[0].Trim() + ";\n";
        if (dice.One(4))
            text = "SET lock_timeout = '2s';\nSET statement_timeout = '5s';\n" + text;
        if (dice.One(8))
            text = $"BEGIN;\n{text}COMMIT;\n";
        return text.Replace("{t}", Table(number), StringComparison.Ordinal)
            .Replace("{n}", number.ToString("0000", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{type}", dice.Of(Types), StringComparison.Ordinal)
            .Replace("{default}", dice.Of(Defaults), StringComparison.Ordinal)
            .Replace("{if}", dice.One(3) ? "IF EXISTS " : "", StringComparison.Ordinal)
            .Replace("{ifnot}", dice.One(3) ? "IF NOT EXISTS " : "", StringComparison.Ordinal)
            .Replace("{schema}", dice.One(3) ? "public." : "", StringComparison.Ordinal);
    }

    private static string Table(int number) => $"t{number:0000}";

    private static readonly string[] Types =
    [
        "int", "integer", "int4", "smallint", "int2", "bigint", "serial", "smallserial", "bigserial", "text", "varchar", "varchar(40)", "char(3)", "char", "bpchar", "timestamp", "timestamp(3)",
        "timestamptz", "date", "time", "json", "jsonb", "money", "numeric(10, 2)", "boolean", "uuid", "int[]", "timestamp[]", "xml",
    ];

    private static readonly string[] Defaults =
        ["0", "1 + 1", "NULL", "(now() + interval '1 day')", "random()", "'7'", "(-1)", "abs(-3)", "extract(epoch from clock_timestamp())::int", "nextval('seq_of_base')", "length(gen_random_uuid()::text)"];

    // Parts of a shape are separate statements.
    private static readonly string[] Shapes =
    [
        "CREATE INDEX {ifnot}i{n} ON {schema}{t} (code)",
        "CREATE UNIQUE INDEX {ifnot}i{n} ON {schema}{t} (lower(note)) WHERE qty > 0",
        "CREATE INDEX ON {t} USING gin (tags)",
        "CREATE INDEX CONCURRENTLY {ifnot}i{n} ON {schema}{t} (code)",
        "CREATE INDEX CONCURRENTLY ON {t} (note)",
        "CREATE INDEX CONCURRENTLY i{n} ON {t} (note)|ALTER TABLE {t} ADD COLUMN later text",
        "CREATE TABLE {ifnot}n{n} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)|CREATE INDEX n{n}_note ON n{n} (note)",
        "CREATE TABLE {schema}n{n} (id bigint PRIMARY KEY, note text)|CREATE INDEX n{n}_note ON {schema}n{n} (note)|ALTER TABLE n{n} ADD CONSTRAINT n{n}_note_key UNIQUE (note)",
        "CREATE TABLE n{n} (id {type}, a {type} NOT NULL, b {type} DEFAULT NULL)",
        "CREATE TABLE n{n} (id serial PRIMARY KEY, owner bigint REFERENCES o{n} (id))",
        "CREATE TABLE n{n} AS SELECT * FROM {t}|CREATE INDEX n{n}_i ON n{n} (id)",
        "CREATE TEMP TABLE n{n} (id int, at timestamp)|CREATE INDEX n{n}_i ON n{n} (id)",
        "CREATE MATERIALIZED VIEW m{n} AS SELECT * FROM {t}|CREATE UNIQUE INDEX m{n}_i ON m{n} (id)",
        "DROP INDEX {if}{t}_old",
        "DROP INDEX CONCURRENTLY {if}{t}_old",
        "DROP INDEX {t}_old, {t}_code",
        "REINDEX TABLE {t}",
        "REINDEX INDEX CONCURRENTLY {t}_old",
        "REINDEX (VERBOSE) INDEX {t}_old",
        "ALTER TABLE {schema}{t} ADD COLUMN {ifnot}extra {type}",
        "ALTER TABLE {t} ADD COLUMN {ifnot}extra {type} NOT NULL",
        "ALTER TABLE {t} ADD COLUMN extra int NOT NULL DEFAULT {default}",
        "ALTER TABLE {t} ADD COLUMN extra bigint DEFAULT {default}",
        "ALTER TABLE {t} ADD extra timestamptz DEFAULT now() NOT NULL",
        "ALTER TABLE {t} ADD COLUMN extra timestamptz DEFAULT clock_timestamp()",
        "ALTER TABLE {t} ADD COLUMN extra uuid DEFAULT gen_random_uuid()",
        "ALTER TABLE {t} ADD COLUMN extra bigint GENERATED ALWAYS AS (qty * 2) STORED",
        "ALTER TABLE {t} ADD COLUMN extra bigint GENERATED BY DEFAULT AS IDENTITY",
        "ALTER TABLE {t} ADD COLUMN extra bigint REFERENCES o{n} (id)",
        "ALTER TABLE {t} ADD COLUMN extra bigint REFERENCES o{n} (id) DEFAULT 1",
        "ALTER TABLE {t} ADD COLUMN extra bigint UNIQUE",
        "ALTER TABLE {t} ADD COLUMN extra bigint CHECK (extra > 0)",
        "ALTER TABLE {t} ADD COLUMN extra positive{n} DEFAULT 1",
        "ALTER TABLE {t} ADD COLUMN extra text[] NOT NULL DEFAULT '{}'",
        "ALTER TABLE {t} ADD COLUMN a text, ADD COLUMN b timestamp, DROP COLUMN {if}qty",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_other FOREIGN KEY (other_id) REFERENCES o{n} (id)",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_other FOREIGN KEY (other_id) REFERENCES o{n} (id) NOT VALID",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_other FOREIGN KEY (other_id) REFERENCES o{n} (id) NOT VALID|ALTER TABLE {t} VALIDATE CONSTRAINT {t}_other",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_qty CHECK (qty > 0)",
        "ALTER TABLE {t} ADD CHECK (qty > 0) NOT VALID",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_qty CHECK (qty > 0) NOT VALID|ALTER TABLE {t} VALIDATE CONSTRAINT {t}_qty",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_u UNIQUE (note)",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_u UNIQUE USING INDEX {t}_code",
        "ALTER TABLE {t} ADD UNIQUE (note, qty)",
        "ALTER TABLE {t} DROP CONSTRAINT {if}{t}_pkey|ALTER TABLE {t} ADD PRIMARY KEY (id)",
        "ALTER TABLE {t} DROP CONSTRAINT {t}_pkey|ALTER TABLE {t} ADD CONSTRAINT {t}_pk PRIMARY KEY USING INDEX {t}_code",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_ex EXCLUDE USING gist (int8range(id, id + 1) WITH &&)",
        "ALTER TABLE {t} ALTER COLUMN code TYPE varchar(40)",
        "ALTER TABLE {t} ALTER COLUMN code TYPE varchar(10)",
        "ALTER TABLE {t} ALTER COLUMN code TYPE text",
        "ALTER TABLE {t} ALTER COLUMN qty TYPE bigint",
        "ALTER TABLE {t} ALTER COLUMN price TYPE numeric(12, 2)",
        "ALTER TABLE {t} ALTER COLUMN price TYPE numeric",
        "ALTER TABLE {t} ALTER COLUMN at_old TYPE timestamptz",
        "ALTER TABLE {t} ALTER COLUMN at_old SET DATA TYPE timestamptz USING at_old AT TIME ZONE 'UTC'",
        "ALTER TABLE {t} ALTER COLUMN tags TYPE varchar(9)[]",
        "ALTER TABLE {t} ALTER COLUMN other_id SET NOT NULL",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_set CHECK (other_id IS NOT NULL) NOT VALID|ALTER TABLE {t} VALIDATE CONSTRAINT {t}_set|ALTER TABLE {t} ALTER COLUMN other_id SET NOT NULL",
        "ALTER TABLE {t} ADD CONSTRAINT {t}_set CHECK (qty IS NOT NULL) NOT VALID|ALTER TABLE {t} VALIDATE CONSTRAINT {t}_set|ALTER TABLE {t} ALTER COLUMN other_id SET NOT NULL",
        "ALTER TABLE {t} VALIDATE CONSTRAINT {t}_elsewhere|ALTER TABLE {t} ALTER COLUMN other_id SET NOT NULL",
        "ALTER TABLE {t} ALTER COLUMN id DROP NOT NULL",
        "ALTER TABLE {t} ALTER COLUMN note SET DEFAULT 'x', ALTER COLUMN qty DROP DEFAULT",
        "ALTER TABLE {t} RENAME COLUMN note TO remark",
        "ALTER TABLE {t} RENAME note TO remark",
        "ALTER TABLE {t} RENAME TO {t}_new",
        "ALTER INDEX {t}_old RENAME TO {t}_older",
        "ALTER VIEW v{n} RENAME TO w{n}",
        "ALTER VIEW v{n} RENAME COLUMN note TO remark",
        "ALTER TABLE {t} RENAME CONSTRAINT {t}_pkey TO {t}_key",
        "ALTER SCHEMA s{n} RENAME TO r{n}",
        "ALTER TABLE {t} SET SCHEMA archive",
        "ALTER TABLE {if}{t} DROP COLUMN {if}note CASCADE",
        "DROP TABLE {if}{schema}{t}",
        "DROP TABLE {t}, o{n} CASCADE",
        "CREATE TABLE n{n} (id bigint PRIMARY KEY)|DROP TABLE n{n}",
        "DROP VIEW {if}v{n}",
        "DROP SCHEMA {if}s{n} CASCADE",
        "DROP DATABASE {if}db{n}",
        "DROP TYPE mood{n}",
        "DROP FUNCTION {if}f{n}(int)",
        "ALTER TABLE {t} DROP CONSTRAINT {if}{t}_pkey",
        "TRUNCATE {t}",
        "TRUNCATE TABLE {t} CASCADE",
        "CREATE DOMAIN d{n} AS text CHECK (value <> '')",
        "CREATE DOMAIN d{n} AS text NOT NULL",
        "CREATE DOMAIN d{n} AS text",
        "ALTER DOMAIN positive{n} ADD CONSTRAINT over CHECK (value > 0)",
        "ALTER DOMAIN positive{n} ADD CONSTRAINT over CHECK (value > 0) NOT VALID",
        "CREATE TYPE kind{n} AS ENUM ('a', 'b')",
        "ALTER TYPE mood{n} ADD VALUE {ifnot}'good'",
        "ALTER TYPE mood{n} ADD VALUE {ifnot}'good' AFTER 'ok'",
        "ALTER TYPE mood{n} RENAME VALUE 'ok' TO 'fine'",
        "CREATE TABLE part{n} (id bigint, at date) PARTITION BY RANGE (at)|CREATE TABLE part{n}_a PARTITION OF part{n} FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
        "ALTER TABLE big{n} DETACH PARTITION big{n}_a",
        "ALTER TABLE big{n} DETACH PARTITION big{n}_a CONCURRENTLY",
        "ALTER TABLE big{n} ATTACH PARTITION big{n}_b FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')",
        "VACUUM FULL {t}",
        "VACUUM (FULL, ANALYZE) {t}",
        "CLUSTER {t} USING {t}_old",
        "VACUUM {t}",
        "UPDATE {t} SET qty = 1",
        "UPDATE {t} SET qty = 1, note = 'x', qty = 2 WHERE id = 1",
        "UPDATE {t} SET (qty, note) = (1, 'x'), note = 'y' WHERE id = 1",
        "INSERT INTO {t} (id, qty) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET qty = 1, qty = 2",
        "DELETE FROM {t}",
        "DELETE FROM {t} WHERE made_at < now() - interval '1 year'",
        "BEGIN|ALTER TABLE {t} ADD COLUMN extra text",
        "BEGIN|CREATE TABLE n{n} (id bigint PRIMARY KEY)|BEGIN|COMMIT",
        "CREATE TABLE n{n} (id bigint PRIMARY KEY)|COMMIT",
        "BEGIN|CREATE TABLE n{n} (id bigint PRIMARY KEY)|COMMIT|COMMIT",
        "BEGIN|ALTER TABLE {t} ADD COLUMN extra text|ROLLBACK",
        "ALTER TABLE {t} SET UNLOGGED",
        "ALTER TABLE {t} SET (autovacuum_enabled = false)",
        "ALTER TABLE {t} REPLICA IDENTITY FULL",
        "CREATE TRIGGER g{n} BEFORE UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "ALTER TABLE {t} DISABLE TRIGGER ALL",
        "LOCK TABLE {t} IN ACCESS EXCLUSIVE MODE",
        "ALTER TABLE {t} ADD COLUMN a_name_that_is_longer_than_what_the_server_keeps_of_any_name_{n}_x text",
        "CREATE INDEX CONCURRENTLY an_index_name_that_is_longer_than_what_the_server_keeps_of_names_{n} ON {t} (qty)",
        "CREATE FUNCTION f{n}(a int) RETURNS timestamp LANGUAGE sql AS 'SELECT now()::timestamp'",
        "CREATE SEQUENCE {ifnot}seq{n}|ALTER TABLE {t} ALTER COLUMN qty SET DEFAULT nextval('seq{n}')",
        "CREATE EXTENSION {ifnot}pg_trgm",
        "CREATE SCHEMA {ifnot}s{n}",
        "SET LOCAL lock_timeout = '1s'|ALTER TABLE {t} ADD COLUMN extra text",
        "SET LOCAL statement_timeout = '5s'|ALTER TABLE {t} ADD COLUMN extra text",
        "SELECT set_config('lock_timeout', '1s', true)|ALTER TABLE {t} ADD COLUMN extra text",
        "SET lock_timeout = 0|ALTER TABLE {t} ADD COLUMN extra text",
        "COMMENT ON TABLE {t} IS 'a table'",
        "GRANT SELECT ON {t} TO public",
        "DO $$ BEGIN ALTER TABLE {t} ADD COLUMN extra int; END $$",
    ];

    /// <summary>Numbers that are the same on every machine and in every version of the runtime (Knuth's constants, MMIX).</summary>
    private sealed class Dice(int seed)
    {
        private ulong state = (ulong)seed * 2654435761UL + 1;

        public int Below(int limit)
        {
            state = state * 6364136223846793005UL + 1442695040888963407UL;
            return (int)((state >> 33) % (ulong)limit);
        }

        public bool One(int outOf) => Below(outOf) == 0;

        public string Of(string[] choices) => choices[Below(choices.Length)];
    }
}
