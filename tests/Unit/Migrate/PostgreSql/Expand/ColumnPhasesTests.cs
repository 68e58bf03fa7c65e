using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.PostgreSql.Expand;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Expand;

/// <summary>The files of the phases, as people read them.</summary>
public sealed class ColumnPhasesTests
{
    private static readonly TableFacts Orders = new(1, "public", "orders", "orders", ["id", "note", "amount"], ["id"], ["orders_touch"], new HashSet<string>(["orders", "orders_pkey", "orders_note_idx"]));

    private static readonly ColumnFacts Note = new()
    {
        Name = "note", Type = "text", NotNull = true, Default = "'none'::text", Identity = null, IsGenerated = false, Collation = null, Storage = null, StatisticsTarget = 500,
        Comment = "what it's about", Sequence = null, Grants = [new ColumnGrant("SELECT", "reader", true)],
    };

    [Fact]
    public void a_renamed_column_gets_everything_that_the_old_one_has()
    {
        var index = new Dependent(DependentKind.Index, "public", "orders", "orders", "orders_note_idx", "CREATE INDEX orders_note_idx ON public.orders USING btree (lower(note))", null, "for the search", true);
        var check = new Dependent(DependentKind.Check, "public", "orders", "orders", "orders_note_check", "CHECK ((length(note) < 100))", null, null, true);
        Check("rename-column", new ColumnChange
        {
            Table = Orders, Old = Note, News = [Note with { Name = "remark" }], Values = ["note"], Back = "remark",
            Pairs =
            [
                new(index, index with { Definition = "CREATE INDEX orders_note_idx ON public.orders USING btree (lower(remark))" }, "orders_remark_idx"),
                new(check, check with { Definition = "CHECK ((length(remark) < 100))" }, "orders_remark_check"),
            ],
            Words = "orders.note becomes orders.remark", Slug = "orders_note_to_remark",
        });
    }

    [Fact]
    public void a_key_with_another_type_takes_its_sequence_and_the_foreign_keys_along()
    {
        var id = Note with { Name = "id", Type = "integer", Default = "nextval('orders_id_seq'::regclass)", Sequence = "orders_id_seq", Comment = null, StatisticsTarget = null, Grants = [] };
        var key = new Dependent(DependentKind.Primary, "public", "orders", "orders", "orders_pkey", "PRIMARY KEY (id)", "CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)", null, true);
        var inbound = new Dependent(DependentKind.Inbound, "public", "lines", "lines", "lines_order_id_fkey", "FOREIGN KEY (order_id) REFERENCES orders(id)", null, null, true);
        Check("change-type-of-key", new ColumnChange
        {
            Table = Orders, Old = id, News = [id with { Name = "id_new", Type = "bigint" }], Values = ["id::bigint"], Back = "id_new::integer", KeepsName = true, SequenceType = ("integer", "bigint"),
            Pairs =
            [
                new(key, key with { Index = "CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id_new)" }, "orders_pkey_id_new"),
                new(inbound, inbound with { Definition = "FOREIGN KEY (order_id) REFERENCES orders(id_new)" }, "lines_order_id_new_fkey"),
            ],
            Words = "orders.id becomes bigint, as id_new until the contract", Slug = "orders_id_type",
        });
    }

    [Theory]
    [InlineData("amount * 100", "NEW.amount * 100")]
    [InlineData("trunc(\"amount\", 2)::text || 'amount'", "trunc(NEW.\"amount\", 2)::text || 'amount'")]
    [InlineData("CASE WHEN note = 'ä' THEN amount END", "CASE WHEN NEW.note = 'ä' THEN NEW.amount END")]
    public void an_expression_is_read_over_the_row_of_a_trigger(string expression, string over) => SqlExpression.OverRow(expression, Orders.Columns.ToList()).ShouldBe(over);

    [Theory]
    [InlineData("orders.amount")]
    [InlineData("gone")]
    [InlineData("1; DROP TABLE orders")]
    [InlineData("1, 2")]
    [InlineData("amount FROM orders")]
    [InlineData("(")]
    public void what_is_no_expression_over_the_columns_is_refused(string expression) =>
        Should.Throw<LockkeeperException>(() => SqlExpression.OverRow(expression, Orders.Columns.ToList())).Code.Id.ShouldBe("LK3180");

    private static void Check(string name, ColumnChange change)
    {
        var files = new ColumnPhases(change, ["id"]).Files.SelectMany(file => new[] { $"-- ==== {file.Slug}.up.sql\n{file.Up}", $"-- ==== {file.Slug}.down.sql\n{file.Down}" });
        Golden.Check($"tests/Unit/Migrate/PostgreSql/Expand/Golden/{name}.sql", string.Join('\n', files));
    }
}
