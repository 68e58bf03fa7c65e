using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql.Schema;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Schema;

public sealed class SchemaDiffTests
{
    [Fact]
    public void a_schema_does_not_differ_from_itself() =>
        Check.One(Schemas.Config, Prop.ForAll(Schemas.Any, snapshot => SchemaDiff.Compare(snapshot, SchemaSnapshot.FromBytes(snapshot.ToBytes())).ShouldBeEmpty()));

    [Fact]
    public void there_is_a_difference_exactly_when_the_fingerprints_differ() =>
        Check.One(Schemas.Config, Prop.ForAll(Schemas.Any, Schemas.Any, (expected, actual) =>
        {
            var differences = SchemaDiff.Compare(expected, actual);
            (differences.Count == 0).ShouldBe(expected.Fingerprint == actual.Fingerprint);
            differences.ShouldAllBe(difference => difference.Words.Length > 0 && !difference.Words.Any(char.IsControl));
        }));

    [Fact]
    public void every_object_on_one_side_only_is_told_once()
    {
        var none = new SchemaSnapshot([]);
        Check.One(Schemas.Config, Prop.ForAll(Schemas.Any, snapshot =>
        {
            foreach (var (differences, kind) in new[] { (SchemaDiff.Compare(none, snapshot), DifferenceKind.Added), (SchemaDiff.Compare(snapshot, none), DifferenceKind.Removed) })
            {
                differences.ShouldAllBe(difference => difference.Kind == kind);
                differences.SelectMany(difference => difference.Parts.Append(difference.Object)).OrderBy(item => item.Kind + " " + item.Identity, StringComparer.Ordinal)
                    .ShouldBe(snapshot.Objects.OrderBy(item => item.Kind + " " + item.Identity, StringComparer.Ordinal));
            }
        }));
    }

    [Fact]
    public void an_added_column_says_its_type() =>
        Words([Table("orders")], [Table("orders"), Column("orders", "note", "text")]).ShouldBe(["column public.orders.note was added (text)"]);

    [Fact]
    public void a_changed_type_is_said_with_both_types() =>
        Words([Column("orders", "total", "numeric(10,2)")], [Column("orders", "total", "bigint")])
            .ShouldBe(["column public.orders.total changed type from numeric(10,2) to bigint"]);

    [Fact]
    public void several_changes_of_one_object_are_one_sentence() =>
        Words([Column("t", "a", "integer", ("comment", "old"))], [Column("t", "a", "bigint", ("default", "0"), ("not null", "yes"))])
            .ShouldBe(["column public.t.a changed type from integer to bigint, gained default 0, became not null and lost comment \"old\""]);

    [Fact]
    public void a_missing_index_is_missing() =>
        Words([Item("index", "public.orders_note_idx", ("table", "public.orders"), ("definition", "btree (note)"))], [])
            .ShouldBe(["index public.orders_note_idx is missing (btree (note))"]);

    [Fact]
    public void a_table_takes_its_parts_along()
    {
        SchemaObject[] all =
        [
            Table("t"), Column("t", "id", "integer"), Column("t", "a", "text"), Item("constraint", "public.t.t_pkey", ("definition", "PRIMARY KEY (id)")),
            Item("index", "public.i", ("table", "public.t"), ("definition", "btree (a)")), Item("index", "public.j", ("table", "public.t"), ("definition", "btree (b)")),
            Item("sequence", "public.t_id_seq", ("owned by", "public.t.id"), ("type", "integer")),
            Item("grant", "on column public.t.a to r", ("on", "column public.t.a"), ("privileges", "SELECT")),
            Item("view", "public.v", ("definition", "SELECT 1")),
        ];
        Words([], all).ShouldBe(
            ["table public.t was added (1 sequence, 2 columns, 1 constraint, 2 indexes, 1 grant)", "view public.v was added"]);
    }

    [Fact]
    public void a_column_that_only_changed_its_name_looks_renamed() =>
        Words([Table("jobs"), Column("jobs", "size_limit_gb", "integer")], [Table("jobs"), Column("jobs", "default_size_limit_gb", "integer")])
            .ShouldBe(["column public.jobs.size_limit_gb looks renamed to default_size_limit_gb"]);

    [Theory]
    [InlineData("other", "integer")]
    [InlineData("jobs", "bigint")]
    public void a_column_of_another_table_or_type_does_not_look_renamed(string table, string type) =>
        Words([Column("jobs", "a", "integer")], [Column(table, "b", type)]).Count.ShouldBe(2);

    [Fact]
    public void of_two_candidates_none_is_guessed() =>
        Words([Column("jobs", "a", "integer")], [Column("jobs", "b", "integer"), Column("jobs", "c", "integer")]).Count.ShouldBe(3);

    [Fact]
    public void a_renamed_table_is_one_difference_and_what_else_changed_in_it_another() =>
        Words(
            [Table("old"), Column("old", "id", "integer"), Item("index", "public.i", ("table", "public.old"), ("definition", "btree (id)"))],
            [Table("new"), Column("new", "id", "integer"), Item("index", "public.i", ("table", "public.new"), ("definition", "hash (id)"))])
            .ShouldBe(["table public.old looks renamed to new", "index public.i changed definition from btree (id) to hash (id)"]);

    [Fact]
    public void of_many_lines_the_first_that_differs_is_said() =>
        Words([Item("function", "public.f()", ("definition", "BEGIN\n  RETURN 1;\nEND"))], [Item("function", "public.f()", ("definition", "BEGIN\n  RETURN 2;\nEND"))])
            .ShouldBe(["function public.f() changed definition at line 2 from RETURN 1; to RETURN 2;"]);

    [Fact]
    public void of_a_long_value_the_place_that_differs_is_said()
    {
        var (before, after) = (new string('a', 200) + "b", new string('a', 200) + "c");
        Words([Item("domain", "public.d", ("default", before))], [Item("domain", "public.d", ("default", after))])
            .ShouldBe([$"domain public.d changed default from …{new string('a', 20)}b to …{new string('a', 20)}c"]);
    }

    private static List<string> Words(SchemaObject[] expected, SchemaObject[] actual) =>
        [.. SchemaDiff.Compare(new SchemaSnapshot(expected), new SchemaSnapshot(actual)).Select(difference => difference.Words)];

    private static SchemaObject Table(string name) => Item("table", $"public.{name}");

    private static SchemaObject Column(string table, string name, string type, params (string, string)[] more) =>
        Item("column", $"public.{table}.{name}", [("type", type), .. more]);

    private static SchemaObject Item(string kind, string identity, params (string Name, string Value)[] properties) =>
        new(kind, identity, [.. properties.Select(p => new SchemaProperty(p.Name, p.Value))]);
}
