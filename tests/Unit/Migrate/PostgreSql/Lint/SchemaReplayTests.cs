using Lockkeeper.Migrate.PostgreSql.Lint;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Lint;

public sealed class SchemaReplayTests
{
    [Fact]
    public void a_created_table_has_its_columns_constraints_and_indexes()
    {
        var schema = RuleSamples.Replay("CREATE TABLE orders (id bigserial PRIMARY KEY, code varchar(20) UNIQUE, total numeric(10, 2) CHECK (total > 0), note text NOT NULL DEFAULT '', CHECK (note IS NOT NULL AND code <> ''))");
        var table = schema.Table("public.orders").ShouldNotBeNull();
        table.HasAllColumns.ShouldBeTrue();
        table.Columns["id"].ShouldSatisfyAllConditions(column => column.Type.Name.ShouldBe("int8"), column => column.NotNull.ShouldBeTrue(), column => column.HasDefault.ShouldBeTrue());
        table.Columns["code"].Type.Modifiers.ShouldBe([20]);
        table.Columns["note"].NotNull.ShouldBeTrue();
        table.Constraints.Select(constraint => constraint.Name).ShouldBe(["orders_pkey", "orders_code_key", "orders_total_check", "orders_check"], ignoreOrder: true);
        table.Constraints.Single(constraint => constraint.Name == "orders_check").ShouldSatisfyAllConditions(
            check => check.Columns.ShouldBe(["note"]), check => check.Mentions.ShouldBe(["code", "note"], ignoreOrder: true), check => check.Validated.ShouldBeTrue());
        schema.IndexesOf("public.orders").Select(index => index.Name).ShouldBe(["public.orders_pkey", "public.orders_code_key"], ignoreOrder: true);
    }

    [Fact]
    public void columns_come_change_and_go_with_what_needs_them()
    {
        var schema = RuleSamples.Replay(
            """
            CREATE TABLE orders (id int, code varchar(20), note text, CONSTRAINT c CHECK (note <> code));
            CREATE INDEX by_note ON orders (id) WHERE note <> '';
            CREATE INDEX by_code ON orders (lower(code));
            ALTER TABLE orders ALTER COLUMN code TYPE text, ALTER COLUMN code SET NOT NULL, ALTER COLUMN code SET DEFAULT '', ADD COLUMN state text;
            ALTER TABLE orders DROP COLUMN note;
            """);
        var table = schema.Table("public.orders")!;
        table.Columns.Keys.ShouldBe(["id", "code", "state"], ignoreOrder: true);
        table.Columns["code"].ShouldSatisfyAllConditions(column => column.Type.Name.ShouldBe("text"), column => column.NotNull.ShouldBeTrue(), column => column.HasDefault.ShouldBeTrue());
        table.Constraints.ShouldBeEmpty();
        schema.Indexes.Keys.ShouldBe(["public.by_code"]);
    }

    [Fact]
    public void a_renamed_column_is_renamed_everywhere()
    {
        var schema = RuleSamples.Replay(
            """
            CREATE TABLE events (at int, kind text, CONSTRAINT c CHECK (at > 0)) PARTITION BY RANGE (at);
            CREATE INDEX i ON events (at) WHERE at > 5;
            ALTER TABLE events RENAME COLUMN at TO moment;
            """);
        var table = schema.Table("public.events")!;
        table.Columns.ShouldContainKey("moment");
        table.PartitionKey.ShouldBe(["moment"]);
        table.Constraints.Single().Mentions.ShouldBe(["moment"]);
        schema.Indexes["public.i"].ShouldSatisfyAllConditions(index => index.Columns.ShouldBe(["moment"]), index => index.Mentions.ShouldBe(["moment"]));
    }

    [Fact]
    public void a_renamed_or_moved_table_takes_its_indexes_along_and_others_follow()
    {
        var schema = RuleSamples.Replay(
            """
            CREATE TABLE orders (id int PRIMARY KEY);
            CREATE TABLE lines (order_id int, CONSTRAINT f FOREIGN KEY (order_id) REFERENCES orders);
            ALTER TABLE orders RENAME TO purchases;
            ALTER TABLE purchases SET SCHEMA app;
            """);
        schema.Table("public.orders").ShouldBeNull();
        schema.Table("app.purchases").ShouldNotBeNull();
        schema.Indexes["app.orders_pkey"].Table.ShouldBe("app.purchases");
        schema.Table("public.lines")!.Constraints.Single().References.ShouldBe("app.purchases");
    }

    [Fact]
    public void a_constraint_is_validated_renamed_and_dropped_with_its_index()
    {
        var schema = RuleSamples.Replay("CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)");
        schema.Table("public.t")!.Constraints[0].Validated.ShouldBeFalse();
        schema = RuleSamples.Replay("ALTER TABLE t VALIDATE CONSTRAINT c; ALTER TABLE t RENAME CONSTRAINT c TO d; ALTER TABLE t DROP CONSTRAINT u", schema);
        schema.Table("public.t")!.Constraints.ShouldHaveSingleItem().ShouldSatisfyAllConditions(one => one.Name.ShouldBe("d"), one => one.Validated.ShouldBeTrue());
        schema.Indexes.Keys.ShouldBeEmpty();
    }

    [Fact]
    public void partitions_are_attached_and_detached()
    {
        var schema = RuleSamples.Replay(
            """
            CREATE TABLE events (at int) PARTITION BY RANGE (at);
            CREATE TABLE low PARTITION OF events FOR VALUES FROM (0) TO (10);
            CREATE TABLE rest (at int);
            ALTER TABLE events ATTACH PARTITION rest DEFAULT;
            """);
        schema.Table("public.events")!.Kind.ShouldBe(RelationKind.PartitionedTable);
        schema.Table("public.low")!.ShouldSatisfyAllConditions(low => low.PartitionOf.ShouldBe("public.events"), low => low.Columns.ShouldContainKey("at"), low => low.IsDefaultPartition.ShouldBeFalse());
        schema.Table("public.rest")!.IsDefaultPartition.ShouldBeTrue();
        schema = RuleSamples.Replay("ALTER TABLE events DETACH PARTITION rest", schema);
        schema.Table("public.rest")!.ShouldSatisfyAllConditions(rest => rest.PartitionOf.ShouldBeNull(), rest => rest.IsDefaultPartition.ShouldBeFalse());
    }

    [Fact]
    public void a_view_reads_tables_and_columns_until_it_is_dropped()
    {
        var schema = RuleSamples.Replay("CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM t");
        schema.ReadersOf("public.t").ShouldBe(["public.v", "public.m"], ignoreOrder: true);
        schema.Table("public.t")!.Columns["b"].ReadBy.ShouldBe(["public.m"]);
        RuleSamples.Replay("DROP VIEW v; ALTER MATERIALIZED VIEW m RENAME TO n", schema).ReadersOf("public.t").ShouldBe(["public.n"]);
    }

    [Fact]
    public void a_dropped_table_is_gone_with_its_indexes()
    {
        var schema = RuleSamples.Replay("CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE \"My.Table\" (a int); DROP TABLE t, \"My.Table\"");
        schema.Tables.ShouldBeEmpty();
        schema.Indexes.Keys.ShouldBeEmpty();
    }

    [Fact]
    public void an_index_tells_what_it_leaves_out_and_how_it_is_ordered()
    {
        var schema = RuleSamples.Replay(
            """
            CREATE INDEX plain ON t (a, b);
            CREATE INDEX backwards ON t (a DESC);
            CREATE INDEX set ON t (a) WHERE a IS NOT NULL;
            CREATE INDEX picked ON t (a) WHERE a IS NOT NULL AND b > 0;
            """);
        schema.Indexes["public.plain"].IsPlain.ShouldBeTrue();
        schema.Indexes["public.backwards"].IsPlain.ShouldBeFalse();
        schema.Indexes["public.set"].ShouldSatisfyAllConditions(index => index.IsPartial.ShouldBeTrue(), index => index.SkipsOnlyNulls.ShouldBeTrue());
        schema.Indexes["public.picked"].SkipsOnlyNulls.ShouldBeFalse();
    }

    [Fact]
    public void types_publications_and_the_search_path_are_followed()
    {
        var schema = RuleSamples.Replay(
            """
            CREATE TYPE mood AS ENUM ('glad');
            CREATE DOMAIN email AS text CHECK (VALUE <> '');
            SET search_path = app, public;
            CREATE TABLE t (a int);
            CREATE PUBLICATION p FOR TABLE t;
            """);
        schema.Types["public.mood"].IsEnumeration.ShouldBeTrue();
        schema.Types["public.email"].IsConstrained.ShouldBeTrue();
        schema.Table("app.t")!.Publications.ShouldBe(["p"]);
        RuleSamples.Replay("ALTER PUBLICATION p DROP TABLE t", schema).Table("app.t")!.Publications.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("varchar(20)", "varchar(40)", true)]
    [InlineData("varchar(20)", "text", true)]
    [InlineData("varchar(20)", "varchar(10)", false)]
    [InlineData("text", "varchar(10)", false)]
    [InlineData("numeric(10,2)", "numeric(12,2)", true)]
    [InlineData("numeric(10)", "numeric(12,0)", true)]
    [InlineData("numeric", "numeric(12,2)", false)]
    [InlineData("character(5)", "character(9)", false)]
    [InlineData("timestamp(3) without time zone", "timestamp without time zone", true)]
    [InlineData("timestamp without time zone", "timestamp with time zone", false)]
    [InlineData("interval(3)", "interval", true)]
    [InlineData("integer", "bigint", false)]
    [InlineData("varchar(5)[]", "text[]", false)]
    [InlineData("cidr", "inet", true)]
    public void some_changes_of_a_type_keep_the_rows(string from, string to, bool keeps) =>
        TypeChange.KeepsRows(ColumnType.Parse(from), ColumnType.Parse(to)).ShouldBe(keeps);
}
