using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Schema;

public sealed class SameSchemaTests
{
    [Theory]
    [InlineData("INSERT INTO t VALUES (1, 'x'), (2, 'y'); ANALYZE t; VACUUM FULL t; REINDEX TABLE t")]
    [InlineData("SELECT nextval('t_id_seq'), setval('t_id_seq', 1000)")]
    [InlineData("ALTER TABLE t ADD COLUMN gone integer; ALTER TABLE t DROP COLUMN gone")]
    [InlineData("CREATE TABLE gone (id serial PRIMARY KEY); DROP TABLE gone")]
    [InlineData("ALTER TABLE t OWNER TO schema_reader; ALTER VIEW v OWNER TO schema_reader; ALTER FUNCTION f() OWNER TO schema_reader")]
    [InlineData("GRANT SELECT ON t TO schema_reader; REVOKE SELECT ON t FROM schema_reader")]
    [InlineData("REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION f() TO PUBLIC")]
    [InlineData("REVOKE ALL ON t FROM CURRENT_USER; GRANT ALL ON t TO CURRENT_USER")]
    [InlineData("REFRESH MATERIALIZED VIEW m")]
    [InlineData("COMMENT ON TABLE t IS 'x'; COMMENT ON TABLE t IS NULL")]
    [InlineData("CREATE TEMPORARY TABLE passing (id integer); CREATE TEMPORARY VIEW passing_by AS SELECT 1")]
    [InlineData("CREATE SCHEMA lockkeeper; CREATE TABLE lockkeeper.migrations (version text); GRANT USAGE ON SCHEMA lockkeeper TO PUBLIC")]
    [InlineData("ALTER DATABASE CURRENT SET work_mem = '1MB'")]
    public async Task what_is_no_part_of_the_schema_does_not_change_it(string sql)
    {
        await using var database = await Schemas.MakeAsync("""
            DO $$ BEGIN CREATE ROLE schema_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            CREATE TABLE t (id serial PRIMARY KEY, name text);
            CREATE INDEX i ON t (name);
            CREATE VIEW v AS SELECT * FROM t;
            CREATE MATERIALIZED VIEW m AS SELECT * FROM t WITH NO DATA;
            CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
            """);
        var before = await Schemas.ReadAsync(database);
        await using var connection = await database.OpenAsync();
        foreach (var statement in sql.Replace("DATABASE CURRENT", $"DATABASE {database.Name}", StringComparison.Ordinal).Split("; "))
        {
            await using var command = new Npgsql.NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }

        Schemas.ShouldBeTheSame(before, await SchemaReader.ReadAsync(connection, SchemaScope.Default, CancellationToken.None));
    }

    [Theory]
    [InlineData("CREATE TABLE t (a integer, b text)", "CREATE TABLE t (b text, a integer)")]
    [InlineData("CREATE TABLE t (a integer PRIMARY KEY, b text DEFAULT 'x')", "CREATE TABLE t (a integer); ALTER TABLE t ADD b text; ALTER TABLE t ADD PRIMARY KEY (a), ALTER b SET DEFAULT 'x'")]
    [InlineData("CREATE TABLE t (a integer, b text DEFAULT NULL)", "CREATE TABLE t (a integer, b text)")]
    [InlineData("CREATE TABLE t (a serial)", "CREATE SEQUENCE t_a_seq AS integer; CREATE TABLE t (a integer NOT NULL DEFAULT nextval('t_a_seq')); ALTER SEQUENCE t_a_seq OWNED BY t.a")]
    [InlineData("CREATE TABLE t (a integer, b integer); CREATE STATISTICS s ON a, b FROM t", "CREATE TABLE t (b integer, a integer); CREATE STATISTICS s ON b, a FROM t")]
    [InlineData("CREATE TABLE t (a integer, b integer); CREATE PUBLICATION p FOR TABLE t (a, b)", "CREATE TABLE t (b integer, a integer); CREATE PUBLICATION p FOR TABLE t (b, a)")]
    [InlineData("CREATE TABLE t (a varchar CHECK (a IN ('x', 'y')))", "CREATE TABLE t (a varchar CONSTRAINT t_a_check CHECK (a::text = ANY (ARRAY['x'::varchar::text, 'y'::varchar::text])))")]
    [InlineData("CREATE TYPE e AS ENUM ('a', 'b', 'c')", "CREATE TYPE e AS ENUM ('c'); ALTER TYPE e ADD VALUE 'b' BEFORE 'c'; ALTER TYPE e ADD VALUE 'a' BEFORE 'b'")]
    [InlineData("CREATE TABLE t (a integer) WITH (fillfactor = 50, autovacuum_enabled = off)", "CREATE TABLE t (a integer) WITH (autovacuum_enabled = off, fillfactor = 50)")]
    [InlineData(
        "CREATE TABLE p (a integer PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2)",
        "CREATE TABLE p (a integer PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE p1 (a integer PRIMARY KEY); ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (1) TO (2)")]
    public async Task two_ways_to_the_same_schema_end_with_the_same_fingerprint(string one, string other)
    {
        await using var first = await Schemas.MakeAsync(one);
        await using var second = await Schemas.MakeAsync(other);
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(first), await Schemas.ReadAsync(second));
    }

    [Fact]
    public async Task what_an_extension_owns_is_told_by_the_extension_alone()
    {
        await using var database = await TestDatabase.CreateAsync();
        var before = await Schemas.ReadAsync(database);
        await database.ExecuteAsync("CREATE EXTENSION pg_stat_statements; CREATE EXTENSION hstore; CREATE EXTENSION cube");
        Schemas.Words(before, await Schemas.ReadAsync(database)).ShouldBe(["extension cube was added", "extension hstore was added", "extension pg_stat_statements was added"]);
    }

    [Fact]
    public async Task schemas_can_be_left_out_whatever_their_names()
    {
        await using var database = await TestDatabase.CreateAsync();
        var before = await Schemas.ReadAsync(database);
        await database.ExecuteAsync(""""
            CREATE SCHEMA "odd, ""name""";
            CREATE TABLE "odd, ""name""".t (id serial PRIMARY KEY, e text CHECK (e <> ''));
            CREATE FUNCTION "odd, ""name""".f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
            CREATE EVENT TRIGGER odd_watch ON sql_drop EXECUTE FUNCTION "odd, ""name""".f();
            CREATE TYPE "odd, ""name""".e AS ENUM ('a');
            CREATE EXTENSION citext SCHEMA "odd, ""name""";
            GRANT ALL ON ALL TABLES IN SCHEMA "odd, ""name""" TO PUBLIC;
            ALTER DEFAULT PRIVILEGES IN SCHEMA "odd, ""name""" GRANT SELECT ON TABLES TO PUBLIC;
            """");
        Schemas.ShouldBeTheSame(before, await Schemas.ReadAsync(database, new SchemaScope { ExcludedSchemas = ["odd, \"name\"", "none"] }));
        (await Schemas.ReadAsync(database)).Fingerprint.ShouldNotBe(before.Fingerprint);
    }
}
